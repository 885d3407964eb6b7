//! Signs of life: what a session does when a server falls silent.

use veriops_playground::log::Note;
use veriops_playground::protocol::Millis;

use crate::client::{Act, Client, live};

#[test]
fn forty_five_silent_seconds_are_probed_and_ten_more_end_the_connection() {
    let mut client = Client::watched();
    client.connect(live());
    client.opens();
    client.acts();
    client.wait(Millis(44_999));
    assert_eq!(client.sent(), [""; 0]);
    client.wait(Millis(1));
    let probe = client.sent();
    assert!(probe.len() == 1 && probe[0].contains(r#""type":"ping""#), "{probe:?}");
    client.wait(Millis(9_999));
    assert!(client.has_socket());
    client.wait(Millis(1));
    assert!(client.notes().contains(&&Note::NoSignOfLife));
    assert!(client.acts().contains(&Act::Abandon));
    assert_eq!(client.delay(), Some(Millis::seconds(1)));
}
