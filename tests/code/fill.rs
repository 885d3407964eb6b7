//! What stands in the block of settings.

use veriops_playground::code::Language;

#[test]
fn every_language_is_found_by_its_name() {
    for language in Language::ALL {
        assert_eq!(Language::named(language.name()), Some(language));
    }
    assert_eq!(Language::named("cobol"), None);
}
