//! How common servers serve a release: kept for ever what has its content in its address, asked for again
//! what has not; small, to any origin, and as what it is.

use std::path::Path;

use super::super::seal::{LOADER, files};
use super::below;

/// Returns the media type of a file of the page by the end of its name.
pub(super) fn media_type(path: &Path) -> Option<&'static str> {
    let end = path.extension()?.to_str()?;
    TYPES.iter().find(|(known, _)| *known == end).map(|(_, media_type)| *media_type)
}

const TYPES: [(&str, &str); 7] = [
    ("css", "text/css"),
    ("html", "text/html"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("ts", "text/plain"),
    ("wasm", "application/wasm"),
];

/// Five minutes for the loader, and for what a host may edit.
const FRESH: &str = "public, max-age=300";

/// A year: what caches take for ever.
const KEPT: &str = "public, max-age=31536000, immutable";

/// Returns the file `_headers`, which Netlify and Cloudflare read where the site begins. They add up
/// the rules that fit, so each file has one. Both compress by themselves.
///
/// # Errors
///
/// Fails if a release cannot be read.
pub(super) fn hosted(path: &str, folder: &Path, releases: &[String]) -> anyhow::Result<String> {
    let mut text = format!(
        "# Netlify, Cloudflare: for the file _headers where your site begins. The folder stands at {path}/.\n"
    );
    let mut rule = |address: &str, caching: &str, is_wasm: bool| {
        text += &[path, "/", address, "\n  Cache-Control: ", caching, "\n"].concat();
        text += "  Access-Control-Allow-Origin: *\n  X-Content-Type-Options: nosniff\n";
        text += if is_wasm { "  Content-Type: application/wasm\n" } else { "" };
    };
    rule(LOADER, FRESH, false);
    for release in releases {
        let files = files(&folder.join(release))?;
        for file in files.iter().filter(|file| media_type(file).is_some()) {
            let address = below(folder, file);
            let media_type = media_type(file).unwrap_or_default();
            let caching = if media_type == "application/json" { FRESH } else { KEPT };
            // A folder's page is asked for by the folder's address.
            let address = address.strip_suffix("index.html").unwrap_or(&address);
            rule(address, caching, media_type == "application/wasm");
        }
    }
    Ok(text)
}

/// Returns what an nginx without further modules includes in a block `server`.
pub(super) fn nginx(path: &str) -> String {
    let types = TYPES.map(|(end, media_type)| format!(" {media_type} {end};")).concat();
    let compressed = TYPES.map(|(end, media_type)| {
        format!(
            "    location ~ \\.{end}\\.br$ {{ internal; types {{ }} default_type {media_type}; }}\n"
        )
    });
    format!(
        r#"# nginx: `include` it in a block `server` whose `root` holds the folder as {path}/.
location ^~ {path}/ {{
    # What has its content in its address is kept for ever; the loader and the API description are not.
    set $veriops_caching "{FRESH}";
    if ($uri ~ "^{path}/[0-9][^/]*-[0-9a-f]{{16}}/(?!.*\.json)") {{ set $veriops_caching "{KEPT}"; }}
    # Who takes brotli gets the file beside it.
    set $veriops_coding "";
    if ($http_accept_encoding ~ "\bbr\b") {{ set $veriops_coding "br"; }}
    if (!-f $request_filename.br) {{ set $veriops_coding ""; }}
    if ($veriops_coding) {{ rewrite ^(.*)$ $1.br last; }}
    add_header Cache-Control $veriops_caching;
    add_header Content-Encoding $veriops_coding;
    add_header Vary Accept-Encoding;
    add_header Access-Control-Allow-Origin * always;
    add_header X-Content-Type-Options nosniff always;
    types {{{types} }}
{}}}
"#,
        compressed.concat()
    )
}

/// Returns what a Caddy imports in a site block.
pub(super) fn caddy(path: &str) -> String {
    format!(
        r#"# Caddy: `import` it in a site block whose `root` holds the folder as {path}/.
handle {path}/* {{
	# What has its content in its address is kept for ever; the loader and the API description are not.
	@kept {{
		path_regexp ^{path}/[0-9][^/]*-[0-9a-f]{{16}}/
		not path *.json *.json.br
		file {{path}} {{path}}index.html
	}}
	header @kept Cache-Control "{KEPT}"
	header ?Cache-Control "{FRESH}"
	header Access-Control-Allow-Origin *
	header X-Content-Type-Options nosniff
	header {{
		defer
		Vary Accept-Encoding
	}}
	# Who takes brotli gets the file beside it.
	file_server {{
		precompressed br
	}}
}}
"#
    )
}
