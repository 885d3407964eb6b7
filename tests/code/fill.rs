//! What stands in the block of settings.

use veriops_playground::api::Api;
use veriops_playground::code::{Language, Patience, Setup, fill};
use veriops_playground::protocol::{Millis, Topic};

#[test]
fn every_language_is_found_by_its_name() {
    for language in Language::ALL {
        assert_eq!(Language::named(language.name()), Some(language));
    }
    assert_eq!(Language::named("cobol"), None);
}

#[test]
fn a_client_that_is_checked_in_equals_its_own_filling_at_the_defaults() {
    let api = Api::veriops();
    for language in Language::ALL {
        for file in language.files() {
            let filled = fill(file, language, &setup(&api, "", &[]));
            assert_eq!(filled, file.template, "{}", file.name);
        }
    }
}

fn setup<'a>(api: &'a Api, endpoint: &'a str, topics: &'a [Topic]) -> Setup<'a> {
    Setup { api, endpoint, topics, patience: Patience::of(api) }
}

#[test]
fn dump() {
    let api = Api::parse(include_str!("../experiment/other.asyncapi.json")).unwrap();
    for language in Language::ALL {
        println!("{}", fill(&language.files()[0], language, &setup(&api, "", &[])));
    }
    let api = Api::veriops();
    for language in Language::ALL {
        println!(
            "{}",
            fill(
                &language.files()[0],
                language,
                &setup(
                    &api,
                    "",
                    &[
                        Topic::channel("a \"b\""),
                        Topic::with_filters_json(
                            "project.updated",
                            r#"{"__proto__":1e400,"1":"\ud800","x":[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]],"y":{"a":1.50}}"#
                        )
                    ]
                )
            )
        );
    }
}
