//! What a test has published.

use std::collections::HashMap;

/// Records and files, by name; names are in lower case and have no final dot.
#[derive(Default)]
pub(crate) struct Published {
    txt: HashMap<String, Vec<String>>,
    cname: HashMap<String, String>,
    /// Path and content of each file of a host.
    files: HashMap<String, HashMap<String, String>>,
}

impl Published {
    pub(crate) fn add_txt(&mut self, name: &str, text: String) {
        self.txt.entry(normal(name)).or_default().push(text);
    }

    pub(crate) fn set_cname(&mut self, name: &str, target: &str) {
        self.cname.insert(normal(name), normal(target));
    }

    pub(crate) fn set_file(&mut self, host: &str, path: String, content: String) {
        self.files.entry(normal(host)).or_default().insert(path, content);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        let name = normal(name);
        self.txt.remove(&name);
        self.cname.remove(&name);
        self.files.remove(&name);
    }

    pub(super) fn txt(&self, name: &str) -> Vec<String> {
        self.txt.get(&normal(name)).cloned().unwrap_or_default()
    }

    pub(super) fn cname(&self, name: &str) -> Option<String> {
        self.cname.get(&normal(name)).cloned()
    }

    pub(super) fn file(&self, host: &str, path: &str) -> Option<String> {
        self.files.get(&normal(host))?.get(path).cloned()
    }
}

fn normal(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}
