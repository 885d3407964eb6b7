//! The words of a row.

use veriops_playground::api::Api;
use veriops_playground::entry::{
    Body, EndCause, Ended, FrameDirection, NextStep, Note, OpenFailure, Outcome, Reading, Refusal,
    Seq, Timing,
};
use veriops_playground::protocol::{
    CloseCode, EnvelopeError, Incident, MessageType, Millis, TimeScale,
};
use veriops_playground::words::notice::{Notice, NoticeTone};
use veriops_playground::words::{Summary, Tone};

use crate::{API, entry, message};

fn of(body: Body) -> Summary {
    Summary::of(&entry(0, body), &API)
}

fn words(body: Body) -> (char, String, Tone, String, String) {
    let Summary { mark, label, tone, detail, trailing } = of(body);
    (mark, label, tone, detail, trailing)
}

fn line(body: Body) -> String {
    let Summary { mark, label, detail, trailing, .. } = of(body);
    format!("{mark} {label} | {detail} | {trailing}")
}

fn asked(kind: MessageType, text: &str, outcome: Outcome) -> Body {
    let reading = Reading::Request { kind, request_id: "req_001".into(), outcome };
    message(FrameDirection::Sent, text, reading)
}

#[test]
fn the_rows_of_the_picture_read_as_drawn() {
    let subscribe = r#"{"type":"subscribe","request_id":"req_001","sent_at":"2026-03-19T14:30:00.000Z","payload":{"channel":"project.updated","filters":{"project_id":"prj_abc123"}}}"#;
    let ack = r#"{"type":"ack","request_id":"req_001","payload":{"status":"subscribed","channel":"project.updated"}}"#;
    let event = r#"{"type":"event","request_id":"evt_1","payload":{"event_type":"project.updated","data":{"project_id":"prj_abc123","status":"active","previous_status":"draft"}}}"#;
    let answer = Reading::Answer {
        kind: MessageType::Ack,
        request_id: "req_001".into(),
        request: Some(Seq(0)),
        round_trip: Some(Millis(38)),
        timing: Timing::InTime,
    };
    let answered = Outcome::Answered { by: Seq(1), round_trip: Millis(38) };
    let heartbeat = Body::Heartbeat {
        request_id: "req_hb_1".into(),
        ping: "x".repeat(84),
        pong: Some(String::new()),
    };
    let closed = |code, reason: &str, clean| Body::Closed {
        code: CloseCode(code),
        reason: reason.into(),
        clean,
        ours: false,
    };
    let reading = Reading::Event { channel: "project.updated".into() };
    for (body, expected) in [
        (
            asked(MessageType::Subscribe, subscribe, answered),
            "↑ subscribe | req_001 · project.updated {project_id: prj_abc123} | 158 B",
        ),
        (message(FrameDirection::Received, ack, answer), "↓ ack | req_001 · subscribed | 38 ms"),
        (
            message(FrameDirection::Received, event, reading),
            "↓ event | project.updated · prj_abc123 · active | 159 B",
        ),
        (heartbeat, "⇅ ping/pong | req_hb_1 · answered | 84 B"),
        (
            closed(4_008, "too many requests", true),
            "× close 4008 | Rate limited · reason “too many requests” | clean",
        ),
        (closed(1_006, "", false), "× close 1006 | Abnormal close (no close frame) | unclean"),
        (
            Body::Note(Note::Reconnecting { attempt: 3, delay: Millis(4_000), is_backoff: true }),
            "· reconnect | attempt 3 in 4 s — exponential backoff | ",
        ),
    ] {
        assert_eq!(line(body), expected);
    }
}

#[test]
fn a_wait_that_is_no_backoff_is_not_called_one() {
    let note = Note::Reconnecting { attempt: 1, delay: Millis(60_000), is_backoff: false };
    assert_eq!(of(Body::Note(note)).detail, "attempt 1 in 60 s");
}

#[test]
fn a_publish_shows_its_data() {
    let text =
        r#"{"type":"publish","payload":{"channel":"presence","data":{"user_id":"u","n":[1]}}}"#;
    assert_eq!(
        words(asked(MessageType::Publish, text, Outcome::Lost)),
        (
            '↑',
            "publish".into(),
            Tone::Problem,
            "req_001 · presence {user_id: u, n: [1]} · lost with the connection".into(),
            "82 B".into()
        )
    );
}

#[test]
fn an_answer_that_was_not_expected_says_so() {
    for (timing, remark) in [
        (Timing::Late, "late"),
        (Timing::Duplicate, "duplicate"),
        (Timing::Unknown, "no request has this id"),
    ] {
        let reading = Reading::Answer {
            kind: MessageType::Pong,
            request_id: "req_009".into(),
            request: None,
            round_trip: None,
            timing,
        };
        let summary = of(message(FrameDirection::Received, "{}", reading));
        assert_eq!(summary.detail, format!("req_009 · {remark}"));
        assert_eq!((summary.tone, summary.trailing.as_str()), (Tone::Problem, "2 B"));
    }
}

#[test]
fn an_echo_is_labelled_as_one() {
    let text = r#"{"type":"subscribe","payload":{"channel":"presence"}}"#;
    let reading = |request_id: Option<&str>| Reading::Echo {
        request_id: request_id.map(str::to_owned),
        request: None,
        round_trip: Some(Millis(12)),
    };
    let echo = |text, id| line(message(FrameDirection::Received, text, reading(id)));
    assert_eq!(echo(text, Some("req_001")), "↓ echo | echo of req_001 · presence | 12 ms");
    assert_eq!(echo("hi", None), "↓ echo | echo of hi | 12 ms");
}

#[test]
fn a_malformed_frame_gives_the_reason_and_its_start() {
    let error = EnvelopeError::NotJson { line: 1, column: 2 };
    let body = message(FrameDirection::Received, "oh\u{202e}no", Reading::Malformed(error));
    assert_eq!(line(body), "↓ malformed | not JSON (line 1, column 2) · ohU+202Eno | 7 B");
    assert_eq!(
        line(Body::Binary { bytes: (0..20).collect() }),
        "↓ binary | 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f … | 20 B"
    );
}

#[test]
fn a_huge_message_is_only_glanced_at() {
    let text = format!(
        r#"{{"type":"event","payload":{{"event_type":"presence","data":{{"user_id":"u","blob":"{}"}}}}}}"#,
        "é".repeat(1_000_000)
    );
    let reading = Reading::Event { channel: "presence".into() };
    let detail = of(message(FrameDirection::Received, &text, reading)).detail;
    assert!(detail.starts_with("presence · u · \"éé") && detail.ends_with("é…"));
    assert_eq!(detail.chars().count(), 241);
}

#[test]
fn notes_are_short_and_calm() {
    let endpoint = || "wss://host/".to_owned();
    let failed = |failure| Note::OpenFailed { endpoint: endpoint(), failure };
    let refused = |refusal| Note::NotSent { refusal };
    for (note, label, detail) in [
        (Note::Broken, "broken", "closed from this side, as if the network had broken"),
        (Note::Cancelled, "cancelled", "you stopped connecting"),
        (Note::Connecting { endpoint: endpoint(), attempt: 0 }, "connect", "wss://host/"),
        (
            Note::Connecting { endpoint: endpoint(), attempt: 2 },
            "connect",
            "wss://host/ · attempt 2",
        ),
        (Note::GaveUp { attempts: 1 }, "gave up", "after 1 attempt"),
        (Note::GaveUp { attempts: 5 }, "gave up", "after 5 attempts"),
        (
            failed(OpenFailure::TimedOut { after: Millis(5_000) }),
            "failed",
            "wss://host/ · no answer in 5 s",
        ),
        (
            failed(OpenFailure::Refused { name: "SecurityError".into() }),
            "failed",
            "wss://host/ · the browser refused it (SecurityError) · Connection error in browser: Mixed content (ws:// on HTTPS page)",
        ),
        (
            failed(OpenFailure::Blocked),
            "failed",
            "wss://host/ · this page's content security policy does not allow it",
        ),
        (
            failed(OpenFailure::Unreachable),
            "failed",
            "wss://host/ · no connection; a browser does not tell why",
        ),
        (refused(Refusal::NotOpen), "not sent", "no connection is open; connect first"),
        (
            refused(Refusal::TooLarge { size: 65_537, limit: 65_536 }),
            "not sent",
            "1 B over the limit of 64 KB",
        ),
        (
            refused(Refusal::SubscriptionLimit { limit: 50 }),
            "not sent",
            "50 subscriptions are the limit; unsubscribe from one first",
        ),
        (
            Note::Restoring { subscriptions: 2 },
            "restoring",
            "2 subscriptions with the same filters",
        ),
        (
            Note::Restored { subscriptions: 1, unanswered: 0 },
            "restored",
            "1 subscription with the same filters",
        ),
        (
            Note::Restored { subscriptions: 2, unanswered: 1 },
            "restored",
            "2 subscriptions with the same filters · no ack for 1 more",
        ),
        (
            Note::Restored { subscriptions: 0, unanswered: 2 },
            "not restored",
            "no ack for 2 subscriptions",
        ),
        (Note::Cleared { rows: 118 }, "cleared", "118 rows before this are hidden"),
        (Note::Cleared { rows: 1 }, "cleared", "1 row before this is hidden"),
        (Note::Jumped { span: Millis(24_000) }, "time", "to the next event: 24 s later"),
        (Note::Scaled(TimeScale::Sixtyfold), "time", "time passes 60 times faster from here on"),
        (Note::Scaled(TimeScale::Real), "time", "time passes as on the clock from here on"),
        (Note::Scaled(TimeScale::Paused), "time", "time stands still from here on"),
        (Note::Stopped, "stopped", "you stopped reconnecting"),
        (Note::Unconfirmed, "note", "the server did not confirm the close"),
    ] {
        let summary = of(Body::Note(note));
        assert_eq!((summary.label.as_str(), summary.detail.as_str()), (label, detail));
    }
}

#[test]
fn an_incident_is_told_and_so_is_its_end() {
    let close = |reason: &str| Incident::Close { code: CloseCode(4008), reason: reason.into() };
    for (incident, told, undone) in [
        (Incident::Burst { events: 1_000 }, "the server sends 1000 events at once", None),
        (Incident::Burst { events: 1 }, "the server sends 1 event at once", None),
        (Incident::Burst { events: 0 }, "no events at once: no channel is subscribed", None),
        (close(""), "the server closes with 4008", None),
        (close("too\nfast"), "the server closes with 4008 “too␊fast”", None),
        (Incident::DelayAcks(Millis(12_000)), "acks take 12 s", Some("acks come at once")),
        (Incident::Drop, "the connection drops without a close frame", None),
        (
            Incident::ForbidAddress(true),
            "the browser refuses the address",
            Some("the browser allows the address"),
        ),
        (Incident::LoseAck(true), "the next ack gets lost", Some("no ack gets lost")),
        (Incident::Malformed, "the server sends a frame that is no envelope", None),
        (Incident::Mute(true), "nothing passes in either direction", Some("messages pass again")),
        (Incident::Oversize, "the server sends a message over the limit", None),
        (
            Incident::Quiet(true),
            "the server sends no pings and no events",
            Some("the server sends pings and events again"),
        ),
        (
            Incident::RefuseKeys(true),
            "the server refuses every key",
            Some("the server accepts keys again"),
        ),
    ] {
        let says = |incident: &Incident| of(Body::Note(Note::Staged(incident.clone()))).detail;
        assert_eq!(says(&incident), told);
        assert_eq!(incident.undone().as_ref().map(says).as_deref(), undone);
    }
}

#[test]
fn a_close_of_our_own_is_no_problem() {
    let body =
        Body::Closed { code: CloseCode(1_000), reason: String::new(), clean: true, ours: true };
    let summary = of(body);
    assert_eq!(summary.detail, "Normal closure · closed by you");
    assert_eq!(summary.tone, Tone::Quiet);
}

#[test]
fn only_a_close_that_nobody_asked_for_is_a_problem() {
    for (code, ours, tone) in [
        (1_000, false, Tone::Quiet),
        (1_000, true, Tone::Quiet),
        (1_006, true, Tone::Quiet),
        (1_006, false, Tone::Problem),
        (4_008, false, Tone::Problem),
    ] {
        let (code, reason) = (CloseCode(code), String::new());
        assert_eq!(of(Body::Closed { code, reason, clean: true, ours }).tone, tone, "{code}");
    }
}

#[test]
fn a_page_finds_requests_by_the_name_of_their_outcome() {
    let (by, round_trip) = (Seq(1), Millis(2));
    let outcomes = [
        Outcome::Answered { by, round_trip },
        Outcome::Echoed { by, round_trip },
        Outcome::Late { by, round_trip },
        Outcome::Lost,
        Outcome::Pending,
        Outcome::Unanswered,
        Outcome::Unasked,
    ];
    assert_eq!(
        outcomes.map(Outcome::name),
        ["answered", "echoed", "late", "lost", "pending", "unanswered", "unasked"]
    );
}

#[test]
fn a_style_sheet_knows_tones_by_their_names() {
    let tones =
        [Tone::Answer, Tone::Event, Tone::Problem, Tone::Quiet, Tone::Request, Tone::Waiting];
    assert_eq!(
        tones.map(Tone::name),
        ["answer", "event", "problem", "quiet", "request", "waiting"]
    );
    let tones = [NoticeTone::Caution, NoticeTone::Danger, NoticeTone::Plain];
    assert_eq!(tones.map(NoticeTone::name), ["caution", "danger", "plain"]);
}

#[test]
fn an_opened_connection_shows_what_was_negotiated() {
    let body = Body::Opened {
        endpoint: "wss://host/".into(),
        extensions: "permessage-deflate".into(),
        protocol: String::new(),
        after: Millis(52),
    };
    assert_eq!(line(body), "· open | wss://host/ · permessage-deflate | 52 ms");
}

#[test]
fn a_notice_offers_the_simulator_where_no_server_can_be_reached() {
    let refused = OpenFailure::Refused { name: "SecurityError".to_owned() };
    let timed_out = OpenFailure::TimedOut { after: Millis::seconds(10) };
    for (cause, offers, causes) in [
        (EndCause::GaveUp { attempts: 5 }, true, 4),
        (EndCause::NoEcho, true, 0),
        (EndCause::OpenFailed(OpenFailure::Blocked), true, 0),
        (EndCause::OpenFailed(refused), true, 0),
        (EndCause::OpenFailed(timed_out), false, 0),
        (EndCause::Silent, false, 0),
    ] {
        let notice = Notice::of(&Ended::at_rest(cause.clone()), &API, 0).unwrap();
        assert_eq!((notice.offers_simulator, notice.causes.len()), (offers, causes), "{cause:?}");
    }
}

#[test]
fn no_notice_speaks_of_a_simulator_where_there_is_none() {
    let kraken = include_str!("../support/foreign/kraken.asyncapi.json");
    let api = Api::parse(kraken).unwrap();
    for cause in [
        EndCause::GaveUp { attempts: 5 },
        EndCause::NoEcho,
        EndCause::OpenFailed(OpenFailure::Blocked),
        EndCause::OpenFailed(OpenFailure::Refused { name: "SecurityError".to_owned() }),
    ] {
        let notice = Notice::of(&Ended::at_rest(cause.clone()), &api, 0).unwrap();
        assert!(!notice.offers_simulator, "{cause:?}");
        assert!(!notice.action.contains("imulator"), "{}", notice.action);
    }
}

#[test]
fn a_notice_is_as_serious_as_what_the_reader_has_to_do() {
    for (code, next, tone) in [
        (1_000, NextStep::Rest, NoticeTone::Plain),
        (1_006, NextStep::Retry, NoticeTone::Caution),
        (1_006, NextStep::Stopped, NoticeTone::Plain),
        (4_001, NextStep::AskForKey, NoticeTone::Danger),
        (4_002, NextStep::Rest, NoticeTone::Danger),
        (4_008, NextStep::Wait, NoticeTone::Caution),
    ] {
        let (code, reason) = (CloseCode(code), String::new());
        let ended =
            Ended { next, ..Ended::at_rest(EndCause::Closed { code, reason, clean: true }) };
        assert_eq!(Notice::of(&ended, &API, 0).unwrap().tone, tone, "{code}, {next:?}");
    }
}

#[test]
fn a_notice_tells_of_subscriptions_only_if_there_are_any_and_another_attempt() {
    let closed = EndCause::Closed { code: CloseCode(1_006), reason: String::new(), clean: false };
    for cause in [EndCause::Broken, closed] {
        for (next, subscriptions, words) in [
            (NextStep::Retry, 0, None),
            (NextStep::Retry, 1, Some("1 subscription will be restored with its filters.")),
            (NextStep::Retry, 2, Some("2 subscriptions will be restored with their filters.")),
            (NextStep::Stopped, 2, None),
        ] {
            let ended = Ended { next, ..Ended::at_rest(cause.clone()) };
            let action = Notice::of(&ended, &API, subscriptions).unwrap().action;
            match words {
                Some(words) => assert!(action.ends_with(words), "{action}"),
                None => assert!(!action.contains("restored"), "{action}"),
            }
        }
    }
}

#[test]
fn sixteen_bytes_of_a_binary_frame_are_all_of_it() {
    let detail = |length| of(Body::Binary { bytes: vec![7; length] }).detail;
    assert_eq!(detail(16), ["07"; 16].join(" "));
    assert_eq!(detail(17), ["07"; 16].join(" ") + " …");
}
