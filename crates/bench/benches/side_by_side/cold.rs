//! From a program's start to its last row: programs of ours, curl, and no client at all.

use std::{process::Command, time::Duration};

use crate::{
    goals::Goal,
    measure::{Contestant, side_by_side},
    process::{SEED, Server},
    programs::{BARE, ON_HYPER, ON_UREQ, Program},
    table,
};

pub(crate) fn ask() -> Vec<Goal> {
    let server = Server::sandbox();
    let at = &server.address;
    let run = |program: &Program| {
        let program = program.release_build();
        move || {
            let mut command = Command::new(&program);
            command
                .env("CERTCENTRAL_API_KEY", &at.api_key)
                .env("CERTCENTRAL_BASE_URL", &at.base_url)
                .env("CERTCENTRAL_CA_FILE", &at.ca_file);
            assert!(lines(&mut command) >= 3, "three rows");
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
        Contestant::new("ours on ureq", run(&ON_UREQ)),
        Contestant::new("ours on hyper", run(&ON_HYPER)),
        Contestant::new("curl", curl),
        Contestant::new("limit: bare rustls, bytes only", run(&BARE)),
    ];
    let samples = side_by_side(Duration::from_secs(5), contestants);
    table::times("process start to end, an order of 3 rows", &samples);
    let [on_ureq, on_hyper, curl, _] = &samples[..] else { panic!("not all were measured") };
    vec![
        Goal::at_most("on ureq: time to curl's", 0.25, on_ureq.times_as_long_as(curl)).because(WHY),
        Goal::at_most("on hyper: time to curl's", 0.25, on_hyper.times_as_long_as(curl))
            .because(WHY),
    ]
}

/// Why a quarter of curl's time may be out of reach.
const WHY: &str = "the handshake, half of it the server's, is in all of them: see the limit";

/// How many lines `command` prints.
fn lines(command: &mut Command) -> usize {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().count()
}
