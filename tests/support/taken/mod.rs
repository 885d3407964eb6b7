//! Clients that a reader takes along, on their own: what each does in each situation, whatever it is written in.
//!
//! [`behaviour`] says what is to be seen, at the server and in what the client tells, and [`looking`] says it for a
//! client that only looks. A [`Subject`] is a client that runs. Both servers of [`server`] stand opposite each: the local sandbox, and one that shares no
//! code with the project.

// Each program uses a part of this.
#![allow(dead_code)]

pub mod behaviour;
pub mod filling;
pub mod independent;
pub mod looking;
pub mod record;
pub mod run;
pub mod server;

/// The behaviours, which are functions in [`behaviour`]: calls a macro with some words and their names.
macro_rules! behaviours {
    ($macro:ident $($words:tt)*) => {
        $macro! {
            [$($words)*]
            connects_with_a_key_that_has_to_be_percent_encoded
            subscribes_to_two_channels_one_with_a_filter_under_unique_ids
            hands_events_of_the_filter_to_its_hook_and_none_of_another_project
            answers_three_pings_with_their_ids_within_a_second
            reports_an_ack_that_does_not_come
            comes_back_after_1001_later_each_time_and_restores_its_subscriptions
            comes_back_after_a_dropped_connection_and_restores_its_subscriptions
            does_not_hammer_a_server_that_accepts_and_closes_at_once
            ends_after_1000
            ends_after_1008_and_says_what_to_do
            ends_after_4001_and_says_what_to_do
            ends_after_4009_and_says_what_to_do
            ends_after_4002_and_says_so
            waits_as_long_as_4008_asks
            reports_what_it_does_not_understand_and_goes_on
            gives_a_silent_connection_up
            says_that_it_was_refused
            says_that_the_key_is_missing
            closes_with_1000_on_request
            speaks_tls
        }
    };
}

pub(crate) use behaviours;

macro_rules! names {
    ([] $($name:ident)*) => { &[$(stringify!($name)),*] };
}

/// The names of all behaviours.
pub const BEHAVIOURS: &[&str] = behaviours!(names);

/// Makes a test of each behaviour for a language.
macro_rules! tests {
    ([$language:ident $subject:ty, $room:ident] $($name:ident)*) => {
        $(#[tokio::test]
        async fn $name() {
            let language = veriops_playground::code::Language::$language;
            crate::support::taken::$room::$name::<$subject>(language).await;
        })*
    };
}

pub(crate) use tests;

/// A client that runs.
pub trait Subject: Sized {
    /// Where it runs, for as long as the test.
    type Place;

    /// Prepares the place.
    async fn place() -> Self::Place;

    /// Starts the client whose files are in this folder with a key; none leaves it out.
    async fn start(place: &Self::Place, client: &filling::Client, key: Option<&str>) -> Self;

    /// Returns what it told so far.
    async fn said(&mut self) -> Vec<Line>;

    /// Asks it to end as its user does.
    async fn interrupt(&mut self);

    /// Returns the exit code, if it ended for good; 0 or 1 of one that has none of its own.
    async fn ended(&mut self) -> Option<i32>;

    /// Does both, at the same time where one place has room for two clients.
    async fn both(one: impl Future<Output = ()>, other: impl Future<Output = ()>);
}

/// A line that a client told.
#[derive(Clone, Debug)]
pub struct Line {
    /// Whether it is for the program that reads its output, not for its user.
    pub is_output: bool,
    /// Its words.
    pub text: String,
}

/// Returns whether a test program has a test for every behaviour in every language, and no other cell.
pub fn assert_complete(languages: &[&str], prefix: &str) {
    let program = std::env::current_exe().unwrap();
    let output = std::process::Command::new(program).arg("--list").output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let mut cells: Vec<_> = list
        .lines()
        .filter_map(|line| line.strip_prefix(prefix)?.strip_suffix(": test"))
        .filter(|name| languages.iter().any(|it| name.starts_with(&format!("{it}::"))))
        .map(str::to_owned)
        .collect();
    let mut wanted: Vec<_> = languages
        .iter()
        .flat_map(|language| BEHAVIOURS.iter().map(move |name| format!("{language}::{name}")))
        .collect();
    cells.sort();
    wanted.sort();
    assert_eq!(cells, wanted);
}
