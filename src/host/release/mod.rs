//! The command `release`: the built page as a folder to be copied to a site, beside earlier ones.

mod header;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use veriops_playground::api::Api;

use super::seal::{LOADER, beside, compressed, files};
use super::{build, integrity};

/// Where the release goes, and where it will stand.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Where the release goes; earlier ones in it stay
    #[arg(long, value_name = "DIR", default_value = "release")]
    folder: PathBuf,
    /// Where the folder will stand on your site
    #[arg(long, value_name = "PATH", default_value = "/playground")]
    path: String,
    /// The folder of the built page
    #[arg(long, value_name = "DIR", default_value_os_t = super::dist())]
    dist: PathBuf,
    /// Release the folder as it is
    #[arg(long)]
    no_build: bool,
}

/// Builds the page and writes a release of it:
///
/// - a folder whose name changes with the content, with the whole page in it,
/// - a loader whose address never changes, and which loads from that folder,
/// - what tells common servers how to serve both, and the hashes of all files.
///
/// Earlier releases in the folder stay: a page that was loaded from one goes on with it.
///
/// # Errors
///
/// Fails if the page does not build, or names the file that cannot be read or written.
pub(super) fn release(options: &Options) -> anyhow::Result<()> {
    let path = options.path.trim_end_matches('/');
    ensure!(
        path.is_empty() || path.starts_with('/'),
        "--path is where the folder stands on your site, such as /playground"
    );
    if !options.no_build {
        build::page(&options.dist)?;
    }
    let page = page(&options.dist)?;
    let name = name(&page);
    let script = text(&page, LOADER)?;
    for (file, bytes) in &page {
        let copy = fs::read(beside(&options.dist.join(file))).ok();
        write(&options.folder.join(&name).join(file), bytes, copy)?;
    }
    write(&options.folder.join(LOADER), loader(script, &name)?.as_bytes(), None)?;
    let releases = releases(&options.folder, &name)?;
    for (file, text) in [
        ("_headers", header::hosted(path, &options.folder, &releases)?),
        ("nginx.conf", header::nginx(path)),
        ("Caddyfile", header::caddy(path)),
    ] {
        save(&options.folder.join(file), text.as_bytes())?;
    }
    save(&options.folder.join(SUMS), sums(&options.folder, &releases)?.as_bytes())?;

    println!("{} has", options.folder.display());
    let count = page.len();
    println!("  {name}/  the page, {count} files; what is in it never changes");
    println!("  {LOADER}  loads it, under an address that stays");
    println!("  _headers, nginx.conf, Caddyfile  how to serve both");
    println!("  {SUMS}  for `sha256sum --check {SUMS}`");
    for earlier in releases.iter().filter(|it| **it != name) {
        println!("  {earlier}/  an earlier release, for pages that were loaded from it");
    }
    println!("\nWhere your site answers {path}/, one line embeds the newest release:");
    println!("  <script type=\"module\" src=\"{path}/{LOADER}\"></script>{ELEMENT}");
    println!("or this one, whatever comes:");
    let hash = integrity::of(script.as_bytes());
    let attributes = format!("src=\"{path}/{name}/{LOADER}\" integrity=\"{hash}\"");
    println!("  <script type=\"module\" {attributes}></script>{ELEMENT}");
    println!("A content security policy has to allow");
    println!("  {}", policy(text(&page, DESCRIPTION)?)?);
    Ok(())
}

const ELEMENT: &str = "<veriops-playground></veriops-playground>";
const DESCRIPTION: &str = "veriops.asyncapi.json";

/// The file of hashes, in the format of the program `sha256sum`.
const SUMS: &str = "SHA256SUMS";

/// A file of the page: its path below the folder, with slashes, and its bytes.
type File = (String, Vec<u8>);

/// Reads the built page, without its brotli copies.
fn page(dist: &Path) -> anyhow::Result<Vec<File>> {
    let paths = files(dist).with_context(|| {
        format!("there is no built page in {}; run `cargo run -- build`", dist.display())
    })?;
    let kept = paths.into_iter().filter(|path| path.extension() != Some(OsStr::new("br")));
    let read = |path: PathBuf| {
        let file = below(dist, &path);
        ensure!(header::media_type(&path).is_some(), "no server is told what {file} is");
        Ok((file, fs::read(path)?))
    };
    kept.map(read).collect()
}

/// Returns a path below a folder as an address has it.
fn below(folder: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).components();
    let parts = parts.map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.collect::<Vec<_>>().join("/")
}

/// Returns the text of one file of the page.
fn text<'page>(page: &'page [File], name: &str) -> anyhow::Result<&'page str> {
    let file = page.iter().find(|(file, _)| file == name);
    let (_, bytes) = file.with_context(|| format!("the built page has no {name}"))?;
    Ok(str::from_utf8(bytes)?)
}

/// Returns the name of the release: its version, and digits that differ with the content.
fn name(page: &[File]) -> String {
    let sums = page.iter().map(|(file, bytes)| format!("{}  {file}\n", integrity::digits(bytes)));
    let digits = integrity::digits(sums.collect::<String>().as_bytes());
    format!("{}-{}", env!("CARGO_PKG_VERSION"), &digits[..DIGITS])
}

const DIGITS: usize = 16;

/// Returns whether a folder is called as a release is.
fn is_release(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(version, digits)| {
        version.starts_with(|first: char| first.is_ascii_digit())
            && digits.len() == DIGITS
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Returns the names of the releases in the folder, this one first.
fn releases(folder: &Path, this: &str) -> anyhow::Result<Vec<String>> {
    let names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<anyhow::Result<BTreeSet<_>>>()?;
    let earlier = names.into_iter().filter(|name| name != this && is_release(name));
    Ok([this.to_owned()].into_iter().chain(earlier).collect())
}

/// Returns the script that a page includes, as if it stood in the folder of the release: it finds all it
/// loads beside itself.
fn loader(script: &str, name: &str) -> anyhow::Result<String> {
    ensure!(script.contains(HERE), "{LOADER} does not ask where it is");
    Ok(script.replace(HERE, &format!("new URL(\"{name}/{LOADER}\",{HERE})")))
}

/// What a script knows its own address by.
const HERE: &str = "import.meta.url";

/// Writes a file, and its brotli copy beside it: the one that there is, unless the file was edited.
fn write(path: &Path, bytes: &[u8], copy: Option<Vec<u8>>) -> anyhow::Result<()> {
    save(path, bytes)?;
    let copy = copy.filter(|copy| {
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &copy[..], &mut plain).is_ok() && plain == bytes
    });
    save(&beside(path), &copy.map_or_else(|| compressed(bytes), Ok)?)
}

fn save(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Returns a line for every file that this command wrote, now or earlier.
fn sums(folder: &Path, releases: &[String]) -> anyhow::Result<String> {
    let own = ["Caddyfile", "_headers", "nginx.conf", LOADER, "playground.js.br"];
    let mut paths = own.map(|file| folder.join(file)).to_vec();
    for release in releases {
        paths.extend(files(&folder.join(release))?);
    }
    let line = |path: &PathBuf| {
        let digits = integrity::digits(&fs::read(path)?);
        Ok(format!("{digits}  {}\n", below(folder, path)))
    };
    paths.iter().map(line).collect()
}

/// Returns what a strict content security policy needs beside its own: the program, and the servers of the
/// API description.
fn policy(description: &str) -> anyhow::Result<String> {
    let api = Api::parse(description)?;
    let servers = api.live.iter().chain(&api.echo).map(|server| &server.endpoint);
    let origins = servers.map(|endpoint| {
        let url = endpoint.to_string();
        let scheme = url.split_once("://").map_or("wss", |(scheme, _)| scheme);
        format!(" {scheme}://{}", endpoint.host())
    });
    let origins = origins.collect::<BTreeSet<_>>().into_iter().collect::<String>();
    Ok(format!("script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'{origins}"))
}

#[cfg(test)]
mod tests {
    use super::{is_release, loader, name, policy};

    #[test]
    fn name_changes_with_every_byte_and_is_known_again() {
        let file = |bytes: &[u8]| ("playground.js".to_owned(), bytes.to_vec());

        let names = [b"one", b"two"].map(|bytes| name(&[file(bytes)]));

        assert_ne!(names[0], names[1]);
        assert_eq!(names[0], name(&[file(b"one")]));
        assert!(names.iter().all(|name| is_release(name)), "{names:?}");
        for other in ["0.1.0", "0.1.0-1234", "docs-0123456789abcdef", "0.1.0-0123456789abcdeg"] {
            assert!(!is_release(other), "{other}");
        }
    }

    #[test]
    fn loader_finds_everything_in_the_folder_of_its_release() {
        let script = "const it=new URL(\"a.js\",import.meta.url);";

        let expected = "const it=new URL(\"a.js\",new URL(\"1/playground.js\",import.meta.url));";
        assert_eq!(loader(script, "1").unwrap(), expected);
        assert!(loader("const it=1;", "1").is_err());
    }

    #[test]
    fn policy_names_every_server_of_the_description_once() {
        let description = r#"{"asyncapi": "3.0.0", "info": {"title": "T", "version": "1"}, "servers": {
            "one": {"host": "one.example", "pathname": "/a", "protocol": "wss", "x-role": "live"},
            "two": {"host": "one.example", "pathname": "/b", "protocol": "wss", "x-role": "echo"},
            "three": {"host": "three.example:81", "pathname": "/", "protocol": "ws", "x-role": "echo"}
        }, "channels": {}}"#;

        let expected = "script-src 'self' 'wasm-unsafe-eval'; \
                        connect-src 'self' ws://three.example:81 wss://one.example";
        assert_eq!(policy(description).unwrap(), expected);
    }
}
