//! The tabs of the composer.

use veriops_playground::compose::Tab;
use veriops_playground::protocol::MessageType;

use crate::draft;

#[test]
fn a_type_in_the_text_brings_its_form_unless_the_json_alone_is_shown() {
    let subscribe = Tab::Form(MessageType::Subscribe);
    let ping = Tab::Form(MessageType::Ping);
    assert_eq!(subscribe.following(Some(MessageType::Ping)), ping);
    assert_eq!(Tab::Raw.following(Some(MessageType::Ping)), Tab::Raw);
    // No form has what only a server sends.
    for kind in [None, Some(MessageType::Ack), Some(MessageType::Event)] {
        assert_eq!(subscribe.following(kind), subscribe);
    }
}

#[test]
fn a_tab_names_itself() {
    let words = |tab: Tab| (tab.name(), tab.title());
    assert_eq!(words(Tab::Form(MessageType::Publish)), ("publish", "publish"));
    assert_eq!(words(Tab::Raw), ("raw", "JSON only"));
}

#[test]
fn a_form_has_the_fields_that_its_message_has() {
    for kind in MessageType::ALL.into_iter().filter(|kind| kind.is_client_sent()) {
        let form = draft(kind).form().unwrap();
        let tab = Tab::Form(kind);
        assert_eq!(tab.has_channel(), form.channel.is_some(), "{kind}");
        assert_eq!(tab.has_filters(), !form.filters.is_empty(), "{kind}");
        assert_eq!(tab.has_data(), form.data.is_some(), "{kind}");
    }
}
