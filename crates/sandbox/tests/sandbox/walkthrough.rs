//! The program with curl and openssl alone.

use std::process::Command;

#[test]
fn a_reissue_lives_its_life_with_curl_and_openssl() {
    for tool in ["sh", "curl", "openssl", "python3"] {
        if !is_there(tool) {
            eprintln!("skipped: {tool} is not installed");
            return;
        }
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/walkthrough.sh");
    let program = env!("CARGO_BIN_EXE_certcentral-sandbox");
    let output = Command::new("sh").args([script, program]).output().unwrap();
    let (out, error) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
    assert_eq!(
        out.lines().collect::<Vec<_>>(),
        [
            "certificate1.pem: OK",
            "the new certificate verifies, and the old one is revoked",
            "certificate1.pem: OK",
            "control of the names was shown, and the certificate verifies",
        ]
    );
}

fn is_there(tool: &str) -> bool {
    let arguments = match tool {
        "sh" => &["-c", "exit"][..],
        "openssl" => &["version"],
        _ => &["--version"],
    };
    let output = Command::new(tool).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}
