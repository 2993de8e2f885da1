//! The checks that the service makes by itself, by a clock that a test moves.

use super::{DAY, MINUTE, change_method, check, dv, info, reissue, value};

#[test]
fn a_published_record_is_found_by_the_next_automatic_check() {
    let sandbox = dv();
    let value = value(&reissue(&sandbox));
    sandbox.publish_txt("a.example", value);
    assert_eq!(info(&sandbox)["status"], "reissue_pending", "nothing was looked for yet");
    sandbox.advance(MINUTE);
    assert_eq!(info(&sandbox)["status"], "issued");
}

#[test]
fn after_a_quarter_of_an_hour_the_checks_become_rarer() {
    let sandbox = dv();
    let value = value(&reissue(&sandbox));
    sandbox.advance(15 * MINUTE);
    sandbox.publish_txt("a.example", value);
    sandbox.advance(4 * MINUTE);
    assert_eq!(info(&sandbox)["status"], "reissue_pending");
    sandbox.advance(MINUTE);
    assert_eq!(info(&sandbox)["status"], "issued");
}

#[test]
fn after_ten_days_only_a_check_that_is_asked_for_finds_it() {
    let sandbox = dv();
    let value = value(&reissue(&sandbox));
    sandbox.advance(10 * DAY);
    sandbox.publish_txt("a.example", value);
    sandbox.advance(10 * DAY);
    assert_eq!(info(&sandbox)["status"], "reissue_pending");
    assert_eq!(check(&sandbox).1["order_status"], "issued");
}

#[test]
fn a_change_of_method_begins_the_checks_again_and_a_check_does_not() {
    let sandbox = dv();
    let value = value(&reissue(&sandbox));
    sandbox.advance(11 * DAY);
    check(&sandbox);
    sandbox.publish_cname("_dnsauth.a.example", format!("{value}.dcv.digicert.com"));
    sandbox.advance(DAY);
    assert_eq!(info(&sandbox)["status"], "reissue_pending");
    change_method(&sandbox, "dns-cname-token");
    sandbox.advance(MINUTE);
    assert_eq!(info(&sandbox)["status"], "issued");
}

#[test]
fn a_long_jump_of_the_clock_misses_nothing() {
    let sandbox = dv();
    let made = reissue(&sandbox);
    sandbox.publish_txt("a.example", value(&made));
    sandbox.advance(40 * DAY);
    let certificate = &info(&sandbox)["certificate"];
    assert_eq!(certificate["id"], made.1["certificate_id"], "the value was good when it was found");
    let created = certificate["date_created"].as_str().unwrap();
    let issued = certificate["date_issued"].as_str().unwrap();
    assert!(created < issued && issued[..10] <= *tomorrow(created), "{created} {issued}");
}

/// The day after that of a timestamp.
fn tomorrow(timestamp: &str) -> String {
    let parts: Vec<i32> = timestamp[..10].split('-').map(|part| part.parse().unwrap()).collect();
    let month = time::Month::try_from(u8::try_from(parts[1]).unwrap()).unwrap();
    let day = u8::try_from(parts[2]).unwrap();
    let date = time::Date::from_calendar_date(parts[0], month, day).unwrap();
    date.next_day().unwrap().to_string()
}
