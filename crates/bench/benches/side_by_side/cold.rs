//! From a program's start to its last row: the examples' release builds, and curl.

use std::{path::PathBuf, process::Command, time::Duration};

use crate::{
    goals::Goal,
    measure::{Contestant, side_by_side},
    process::{SEED, Server, release_build},
    table,
};

pub(crate) fn ask() -> Vec<Goal> {
    let on_ureq = release_build("certcentral-transport-ureq", "--example", "list_reissues");
    let on_hyper = release_build("certcentral-transport-hyper", "--example", "list_reissues_async");
    let server = Server::sandbox();
    let at = &server.address;
    let ours = |program: PathBuf| {
        move || {
            let mut command = Command::new(&program);
            command
                .env("CERTCENTRAL_API_KEY", &at.api_key)
                .env("CERTCENTRAL_BASE_URL", &at.base_url)
                .env("CERTCENTRAL_CA_FILE", &at.ca_file);
            assert_eq!(lines(&mut command), 4, "a heading and three rows");
        }
    };
    let url = format!("{}/order/certificate/{SEED}/reissue", at.base_url);
    let curl = || {
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--fail", "--cacert", &at.ca_file])
            .args(["--header", &format!("X-DC-DEVKEY: {}", at.api_key)])
            .args(["--header", "Content-Type: application/json", &url]);
        assert!(lines(&mut command) > 3, "the answer as it is");
    };
    let contestants = vec![
        Contestant::new("ours on ureq", ours(on_ureq)),
        Contestant::new("ours on hyper", ours(on_hyper)),
        Contestant::new("curl", curl),
    ];
    let samples = side_by_side(Duration::from_secs(5), contestants);
    table::times("process start to end, an order of 3 rows", &samples);
    let [on_ureq, on_hyper, curl] = &samples[..] else { panic!("not all were measured") };
    vec![
        Goal::at_most("on ureq: time to curl's", 0.25, on_ureq.times_as_long_as(curl)).because(WHY),
        Goal::at_most("on hyper: time to curl's", 0.25, on_hyper.times_as_long_as(curl))
            .because(WHY),
    ]
}

/// Why a quarter of curl's time may be out of reach.
const WHY: &str = "the server's part of the handshake is in all of them";

/// How many lines `command` prints.
fn lines(command: &mut Command) -> usize {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().count()
}
