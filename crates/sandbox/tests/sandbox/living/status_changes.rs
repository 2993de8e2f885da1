//! The list of status changes.

use serde_json::json;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::caller::{code, get, now, pending_reissue, primary, sandbox};

const PATH: &str = "/order/certificate/status-changes";

#[test]
fn a_change_is_listed_with_the_certificate_that_counts_now() {
    let sandbox = sandbox();
    let recent = || get(&sandbox, &format!("{PATH}?minutes=5")).1;
    assert_eq!(recent(), json!({}), "the order is a month old");

    let old = primary(&sandbox)["id"].clone();
    pending_reissue(&sandbox);
    let pending = json!({"order_id": 7, "certificate_id": old, "status": "reissue_pending"});
    assert_eq!(recent(), json!({"orders": [pending]}));

    sandbox.issue(7);
    let new = primary(&sandbox)["id"].clone();
    assert_ne!(new, old);
    let issued = json!({"order_id": 7, "certificate_id": new, "status": "issued"});
    assert_eq!(recent(), json!({"orders": [issued]}));
}

#[test]
fn a_filter_is_in_mountain_daylight_time() {
    let sandbox = sandbox();
    pending_reissue(&sandbox);
    let now = now().to_offset(UtcOffset::from_hms(-6, 0, 0).unwrap());
    let hour = Duration::HOUR;
    for (start, end, is_listed) in [
        (now - hour, now + hour, true),
        (now - 2 * hour, now - hour, false),
        (now + hour, now + 2 * hour, false),
    ] {
        let text = |at: OffsetDateTime| {
            let (hour, minute, second) = at.to_hms();
            format!("{}+{hour}:{minute}:{second}", at.date())
        };
        let query = format!("filters[status_last_updated]={}...{}", text(start), text(end));
        let (status, body) = get(&sandbox, &format!("{PATH}?{query}"));
        assert_eq!((status, body.get("orders").is_some()), (200, is_listed), "{query}");
    }
}

#[test]
fn a_time_frame_is_needed_and_at_most_seven_days() {
    let sandbox = sandbox();
    for (query, expected) in [
        ("minutes=10081", (400, "time_frame_too_long")),
        ("seconds=604801", (400, "time_frame_too_long")),
        ("minutes=10080&seconds=1", (400, "time_frame_too_long")),
        ("filters[status_last_updated]=2026-01-01...2026-01-09", (400, "time_frame_too_long")),
        ("", (400, "required_param:minutes")),
        ("minutes=-1", (400, "invalid_param:minutes")),
        (
            "filters[status_last_updated]=lately",
            (400, "invalid_param:filters[status_last_updated]"),
        ),
        ("minutes=10080", (200, "none")),
        ("seconds=604800", (200, "none")),
        ("filters[status_last_updated]=2026-1-1...2026-1-8", (200, "none")),
    ] {
        assert_eq!(code(&get(&sandbox, &format!("{PATH}?{query}"))), expected, "{query}");
    }
}
