//! The command `code`: a client to take along, with the reader's endpoint and subscriptions in it.

use std::fs;
use std::io::{self, Write as _};
use std::iter;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches};

use veriops_playground::api::{Api, Channel, VERIOPS};
use veriops_playground::code::{Language, Patience, Setup, fill};
use veriops_playground::protocol::{Endpoint, Filters, Topic, json};

/// Which client is written, and with what in it.
#[derive(clap::Args)]
pub(super) struct Options {
    /// The client to write; without one, all are listed
    #[arg(value_parser = PossibleValuesParser::new(Language::ALL.map(Language::name)))]
    language: Option<String>,
    /// The address to connect to; without one, the API's own
    #[arg(long, value_name = "URL", requires = "language")]
    endpoint: Option<String>,
    #[command(flatten)]
    subscriptions: Subscriptions,
    /// Write the files into this folder; without one, the client is printed
    #[arg(long, value_name = "DIR", requires = "language")]
    folder: Option<PathBuf>,
    /// The API description; without one, that of the VeriOps API
    #[arg(long, value_name = "FILE")]
    api: Option<PathBuf>,
}

/// What the client subscribes to, in the order of the command line.
struct Subscriptions(Vec<Topic>);

/// Prints a client, or writes its files into a folder; lists all without a language.
///
/// # Errors
///
/// Fails if the description cannot be read or is none, if the endpoint is no WebSocket address, and if a
/// file is there already or cannot be written.
pub(super) fn code(options: &Options) -> anyhow::Result<()> {
    let Some(language) = options.language.as_deref().and_then(Language::named) else {
        io::stdout().write_all(list().as_bytes())?;
        return Ok(());
    };
    let text = options.api.as_deref().map(super::read).transpose()?;
    let api = Api::parse(text.as_deref().unwrap_or(VERIOPS)).with_context(|| {
        let file = options.api.as_deref().unwrap_or("the description".as_ref());
        format!("{} is no API description", file.display())
    })?;
    let endpoint = options.endpoint.as_deref().map(|typed| endpoint(&api, typed)).transpose()?;
    let topics = &options.subscriptions.0;
    for topic in topics {
        warn_of_unknown(&api, topic);
    }
    let setup = Setup {
        api: &api,
        endpoint: endpoint.as_deref().unwrap_or_default(),
        topics,
        patience: Patience::of(&api),
    };
    if let Some(folder) = &options.folder {
        return write(folder, language, &setup);
    }
    io::stdout().write_all(fill(&language.files()[0], language, &setup).as_bytes())?;
    Ok(())
}

/// Returns the address without its key.
fn endpoint(api: &Api, typed: &str) -> anyhow::Result<String> {
    let (endpoint, key) = Endpoint::parse(typed, api.key_parameter.as_deref())
        .map_err(|error| anyhow::anyhow!("--endpoint: {error}"))?;
    if key.is_some() {
        eprintln!("warning: the key is left out; the client takes it from VERIOPS_API_KEY");
    }
    Ok(endpoint.to_string())
}

/// Says what the description does not know of a subscription. The server may know it all the same.
fn warn_of_unknown(api: &Api, topic: &Topic) {
    let channels: Vec<_> = api.channels.iter().map(|channel| channel.name.as_str()).collect();
    let Some(channel) = api.channel(&topic.channel) else {
        eprintln!(
            "warning: the API description has no channel {:?}; it has {}",
            topic.channel,
            channels.join(", ")
        );
        return;
    };
    let Channel { name, filters, .. } = channel;
    for (filter, _) in topic.filters() {
        if !filters.iter().any(|known| known.name == *filter) {
            let known: Vec<_> = filters.iter().map(|known| known.name.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            eprintln!("warning: the channel {name} has no filter {filter:?}; it has {known}");
        }
    }
    for filter in filters.iter().filter(|filter| filter.required) {
        if !topic.filters().iter().any(|(name, _)| *name == filter.name) {
            eprintln!(
                "warning: the channel {name} asks for a filter; add --filter {}={}",
                filter.name, filter.example
            );
        }
    }
}

/// Writes the files, and says what to do with them.
fn write(folder: &Path, language: Language, setup: &Setup<'_>) -> anyhow::Result<()> {
    let paths = language.files().iter().map(|file| folder.join(file.name));
    if let Some(path) = paths.into_iter().find(|path| path.exists()) {
        bail!("{} is there already; remove it or name another folder", path.display());
    }
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for file in language.files() {
        let path = folder.join(file.name);
        fs::write(&path, fill(file, language, setup))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let mut output = format!("cd {}\n", folder.display());
    for command in language.install().into_iter().chain([language.run()]) {
        output.push_str(command);
        output.push('\n');
    }
    io::stdout().write_all(output.as_bytes())?;
    Ok(())
}

/// Returns every language with its commands and its limits.
fn list() -> String {
    let width = Language::ALL.map(|it| it.name().len()).into_iter().max().unwrap_or(0);
    let of = |language: Language| {
        let lines = [language.title()].into_iter().chain(language.install());
        let lines = lines.chain([language.run()]).chain(language.limits().iter().copied());
        let names = [language.name()].into_iter().chain(iter::repeat(""));
        names.zip(lines).map(|(name, line)| format!("{name:width$}  {line}\n"))
    };
    Language::ALL.into_iter().flat_map(of).collect()
}

impl clap::Args for Subscriptions {
    fn augment_args(command: clap::Command) -> clap::Command {
        let channel = Arg::new(CHANNEL)
            .long(CHANNEL)
            .value_name("NAME")
            .help("Subscribe to this channel; repeat it for more");
        let filter = Arg::new(FILTER).long(FILTER).value_name("FIELD=VALUE").help(
            "Take from the channel before it only events with this value; repeat it for more",
        );
        let args = [channel, filter];
        command.args(args.map(|arg| arg.action(ArgAction::Append).requires("language")))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Subscriptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let fault = |text: String| clap::Error::raw(ErrorKind::ValueValidation, text);
        let mut given: Vec<_> =
            [CHANNEL, FILTER].into_iter().flat_map(|name| read(matches, name)).collect();
        given.sort_unstable();
        let mut topics: Vec<(String, Filters)> = Vec::new();
        for (_, name, value) in given {
            if name == CHANNEL {
                topics.push((value, Filters::new()));
                continue;
            }
            let Some((field, wanted)) =
                value.split_once('=').filter(|(field, _)| !field.is_empty())
            else {
                return Err(fault(format!(
                    "the filter {value:?} is no pair; write it as --filter project_id=prj_abc123"
                )));
            };
            let Some((_, filters)) = topics.last_mut() else {
                return Err(fault(format!(
                    "the filter {value:?} has no channel before it; write --channel NAME --filter {value}"
                )));
            };
            filters.push((field.to_owned(), json::quote(wanted)));
        }
        let mut subscriptions = Vec::new();
        for topic in topics.iter().map(|(channel, filters)| Topic::new(channel, filters)) {
            // The same once more is the same subscription.
            if !subscriptions.contains(&topic) {
                subscriptions.push(topic);
            }
        }
        Ok(Self(subscriptions))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Returns the values of an argument, each with its place on the command line.
fn read(matches: &ArgMatches, name: &'static str) -> Vec<(usize, &'static str, String)> {
    let values = matches.get_many::<String>(name).into_iter().flatten().cloned();
    let places = matches.indices_of(name).into_iter().flatten();
    places.zip(values).map(|(place, value)| (place, name, value)).collect()
}

const CHANNEL: &str = "channel";
const FILTER: &str = "filter";
