//! Numbers and texts as people read them.

use veriops_playground::protocol::{Filters, Millis, Topic, UnixMillis};
use veriops_playground::session::SubscriptionState;
use veriops_playground::words::{file, format, message, subscription};

#[test]
fn sizes_read_like_the_page_s() {
    for (size, text) in [
        (0, "0 B"),
        (171, "171 B"),
        (1_023, "1023 B"),
        (1_024, "1 KB"),
        (9_400, "9.1 KB"),
        (65_536, "64 KB"),
        (1_048_575, "1023.9 KB"),
        (1_572_864, "1.5 MB"),
    ] {
        assert_eq!(format::bytes(size), text);
    }
}

#[test]
fn durations_grow_from_milliseconds_to_hours() {
    for (span, text) in [
        (0, "0 ms"),
        (38, "38 ms"),
        (1_000, "1 s"),
        (1_250, "1.2 s"),
        (59_999, "59.9 s"),
        (60_000, "1:00"),
        (288_000, "4:48"),
        (3_723_000, "1:02:03"),
    ] {
        assert_eq!(format::duration(Millis(span)), text);
    }
    assert_eq!(format::countdown(Millis(57_001)), "0:58");
}

#[test]
fn the_clock_shows_the_reader_s_zone() {
    let wall = UnixMillis(1_773_930_600_123);
    for (minutes_east, text) in
        [(0, "14:30:00.123"), (120, "16:30:00.123"), (-930, "23:00:00.123"), (585, "00:15:00.123")]
    {
        assert_eq!(format::clock(wall, minutes_east), text);
    }
}

#[test]
fn nothing_hides_in_a_text_that_is_shown() {
    for (text, shown) in [
        ("plain é 😀", "plain é 😀"),
        ("a\0b\nc\u{1b}[0m", "a␀b␊c␛[0m"),
        ("\u{7f}\u{85}", "␡U+0085"),
        ("a\u{202e}b\u{2066}c\u{feff}", "aU+202EbU+2066cU+FEFF"),
        ("\u{e0041}", "U+E0041"),
        ("0123456789ab", "0123456789a…"),
    ] {
        assert_eq!(format::visible(text, 11), shown);
    }
}

#[test]
fn bytes_stand_in_rows_of_sixteen_with_their_characters() {
    assert_eq!(format::hex(b"", 0), "");
    assert_eq!(
        format::hex(b"\0AZ az~\x7f\xff123456789", 0),
        "00000000  00 41 5a 20 61 7a 7e 7f ff 31 32 33 34 35 36 37  ·AZ az~··1234567\n\
         00000010  38 39                                            89\n"
    );
    assert_eq!(&format::hex(b"next", 0x0012_3ff0)[..22], "00123ff0  6e 65 78 74 ");
}

#[test]
fn what_is_shown_in_part_says_so() {
    assert_eq!(file::part(64 << 10, 16 << 20), "Showing 64 KB of 16 MB");
    assert_eq!(file::copied(1 << 20, 16 << 20), "Copied the first 1 MB of 16 MB");
    assert_eq!(file::copied(7, 7), "Copied");
    assert_eq!(file::opening("a.har", 43), "Opening a.har · 43 %");
    assert_eq!(file::replayed("a.har", 3, 9, 0), "Replay of a.har · 3 of 9");
    assert_eq!(
        file::replayed("a.har", 8, 9, 2),
        "Replay of a.har · 8 of 9 · the oldest 2 are no longer kept"
    );
}

#[test]
fn a_subscription_tells_when_its_last_event_came() {
    const LAST: UnixMillis = UnixMillis(1_773_930_667_204);
    let said =
        |events, last, east| subscription::about(SubscriptionState::Active, events, last, east);
    assert_eq!(said(0, None, 0), "0 events");
    assert_eq!(said(1, Some(LAST), 0), "1 event · last 14:31:07");
    assert_eq!(said(3, Some(LAST), -90), "3 events · last 13:01:07");
}

#[test]
fn a_subscription_that_waits_tells_for_what() {
    for (state, said) in [
        (SubscriptionState::Pending, "waiting for ack…"),
        (SubscriptionState::Unanswered, "no ack; asked for again with the next connection"),
        (SubscriptionState::Lost, "restored with the next connection"),
        (SubscriptionState::Restoring, "restoring…"),
        (SubscriptionState::Ending, "unsubscribing…"),
        (SubscriptionState::EndUnanswered, "unsubscribe without an ack; ends with this connection"),
        (SubscriptionState::Refused, "refused"),
    ] {
        assert_eq!(subscription::about(state, 3, None, 0), said);
    }
}

#[test]
fn what_has_lasted_is_told_in_minutes_and_in_hours() {
    for (seconds, text) in [(0, "00:00"), (62, "01:02"), (3_599, "59:59"), (3_723, "1:02:03")] {
        assert_eq!(format::elapsed(Millis::seconds(seconds)), text);
    }
}

#[test]
fn a_filter_is_told_with_its_name_or_by_what_it_asks_for_alone() {
    let filters = [("count".to_owned(), "2".to_owned()), ("id".into(), "\"prj_1\"".into())];
    for (filters, named, values) in
        [(Filters::from(filters), "count=2 id=prj_1", "2 prj_1"), (Filters::default(), "", "")]
    {
        let topic = Topic::new("presence", &filters);
        assert_eq!([message::filters(&topic), message::filter_values(&topic)], [named, values]);
    }
}
