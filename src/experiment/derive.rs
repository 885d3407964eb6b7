//! From the API description to its experiments.

use super::{Experiment, Group, Kind};
use crate::api::Api;

/// Returns the experiments of an API: one for each row of its five tables, in their order. No two
/// have the same id, whatever the rows are called.
pub fn experiments(api: &Api) -> Vec<Experiment> {
    let mut all: Vec<Experiment> = Vec::new();
    let mut add = |group: Group, name: &str, title: &str, claim: &str, kind: Kind| {
        let id = fresh(&all, [prefix(group), &*slug(name)].join("-"));
        all.push(Experiment { id, group, title: title.to_owned(), claim: claim.to_owned(), kind });
    };
    for row in &api.settings {
        let name = row.id.as_ref().unwrap_or(&row.name);
        add(Group::Settings, name, &row.name, &row.value, Kind::Setting(row.kind));
    }
    for row in &api.messages {
        let name = row.kind.name();
        add(Group::Messages, name, name, &row.description, Kind::Message(row.kind));
    }
    for (index, row) in api.channels.iter().enumerate() {
        add(Group::Channels, &row.name, &row.name, &row.description, Kind::Channel(index));
    }
    for (index, row) in api.closes.iter().enumerate() {
        let code = row.code.to_string();
        let title = [&*code, " · ", &*row.meaning].concat();
        add(Group::Closes, &code, &title, &row.action, Kind::Close(index));
    }
    for row in &api.issues {
        let name = row.id.as_ref().unwrap_or(&row.symptom);
        add(Group::Issues, name, &row.symptom, &row.cause, Kind::Issue(row.when));
    }
    all
}

impl Experiment {
    /// Returns the experiment with this id.
    pub fn named(api: &Api, id: &str) -> Option<Self> {
        experiments(api).into_iter().find(|experiment| experiment.id == id)
    }
}

const fn prefix(group: Group) -> &'static str {
    match group {
        Group::Settings => "setting",
        Group::Messages => "message",
        Group::Channels => "channel",
        Group::Closes => "close",
        Group::Issues => "issue",
    }
}

/// Returns `id`, or the first of `id-2`, `id-3`, … that no other experiment has.
fn fresh(all: &[Experiment], id: String) -> String {
    let is_taken = |id: &str| all.iter().any(|other| other.id == id);
    if !is_taken(&id) {
        return id;
    }
    let numbered = (2_u32..).map(|number| [&*id, "-", &*number.to_string()].concat());
    // There are fewer experiments than numbers.
    numbered.into_iter().find(|id| !is_taken(id)).unwrap_or_default()
}

/// Returns a name in small letters and digits with single hyphens between them: what stands in a link
/// unescaped. A name of other characters only is a `row`.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "row".to_owned() } else { slug.to_owned() }
}
