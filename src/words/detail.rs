//! What there is to say of an entry that is no message: what was agreed, what follows, why it failed.

use super::format::{duration, visible};
use super::notice::Notice;
use super::row::{Summary, refused};
use crate::api::Api;
use crate::entry::{Body, EndCause, Ended, Entry, Note};
use crate::protocol::close::Reaction;
use crate::protocol::{CloseCode, Millis};

/// Returns sentences about an entry, one a paragraph; none for a message, which says all by itself.
pub fn told(entry: &Entry, api: &Api) -> Vec<String> {
    match &entry.body {
        Body::Message { .. } | Body::Binary { .. } | Body::Heartbeat { .. } => Vec::new(),
        Body::Opened { endpoint, extensions, protocol, after } => vec![
            format!("{endpoint} answered in {}.", duration(*after)),
            match extensions.as_str() {
                "" => "No extension was negotiated: frames travel uncompressed.".to_owned(),
                extensions => format!(
                    "Negotiated: {}. Sizes in this log are those before compression.",
                    visible(extensions, LONGEST)
                ),
            },
            match protocol.as_str() {
                "" => "No subprotocol was chosen.".to_owned(),
                protocol => format!("Subprotocol: {}.", visible(protocol, LONGEST)),
            },
        ],
        Body::Closed { code, clean, ours, .. } => closed(*code, *clean, *ours, api),
        Body::Note(note) => match note {
            Note::GaveUp { attempts } => ended(EndCause::GaveUp { attempts: *attempts }, api),
            Note::NoSignOfLife => ended(EndCause::Silent, api),
            Note::NotSent { refusal } => {
                vec![format!("Nothing left this page: {}.", refused(refusal))]
            }
            Note::OpenFailed { failure, .. } => ended(EndCause::OpenFailed(failure.clone()), api),
            Note::Reconnecting { attempt, is_backoff: true, .. } => vec![
                format!("Attempt {attempt} since a connection was last stable."),
                format!("The documented backoff: {}.", backoff(&api.timings.backoff)),
            ],
            Note::Reconnecting { .. } => {
                vec!["The close code asks for this wait; it is no backoff.".to_owned()]
            }
            Note::Restored { .. } | Note::Restoring { .. } => vec![
                "Each subscription is asked for again with its filters, under a new request id."
                    .to_owned(),
                "Requests that were under way are lost; what was published is not sent again."
                    .to_owned(),
            ],
            Note::Unconfirmed => ended(EndCause::Unconfirmed, api),
            _ => {
                let Summary { label, detail, .. } = Summary::of(entry, api);
                vec![format!("{label}: {detail}.")]
            }
        },
    }
}

fn closed(code: CloseCode, clean: bool, ours: bool, api: &Api) -> Vec<String> {
    let row = api.close(code);
    let meaning = row.map_or(code.standard_meaning(), |row| row.meaning.as_str());
    let mut told = vec![format!("{code}: {meaning}.")];
    let handshake = if clean {
        "Both sides sent a close frame."
    } else {
        "No close frame was exchanged: the connection broke."
    };
    told.push(handshake.to_owned());
    if ours {
        told.push("You closed it, so nothing follows.".to_owned());
        return told;
    }
    if let Some(row) = row {
        told.push(format!("The API description says: {}.", row.action));
    }
    told.push(match api.reaction(code) {
        Reaction::AskForKey => "It stays closed until there is another key.".to_owned(),
        Reaction::Backoff => {
            format!("The client reconnects with backoff: {}.", backoff(&api.timings.backoff))
        }
        Reaction::BackoffBelowLimit => match api.limits.subscriptions {
            Some(limit) => {
                format!("The client reconnects only with fewer than {limit} subscriptions.")
            }
            None => "The client reconnects with fewer subscriptions.".to_owned(),
        },
        Reaction::Stop => "It stays closed: the same would happen again.".to_owned(),
        Reaction::Wait(wait) => {
            format!("The client waits {} s before it reconnects.", wait.seconds_ceil())
        }
    });
    told
}

/// Returns what the notice says of an end, with what may be behind it.
fn ended(cause: EndCause, api: &Api) -> Vec<String> {
    let Some(notice) = Notice::of(&Ended::at_rest(cause), api, 0) else {
        return Vec::new();
    };
    let causes = notice.causes.iter().map(|cause| (*cause).to_owned());
    [notice.title, notice.action].into_iter().chain(causes).collect()
}

fn backoff(delays: &[Millis]) -> String {
    let delays: Vec<_> = delays.iter().map(|it| format!("{} s", it.seconds_ceil())).collect();
    delays.join(", ") + ", and so on"
}

const LONGEST: usize = 240;
