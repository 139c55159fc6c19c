//! Slips in templates and their words.

use super::{finds, room};

#[test]
fn an_unknown_partial() {
    let room = room().file("templates/newsletter.txt.hbs", "{{subject}}\n{{> footr}}\n");
    finds(
        &room,
        "
        error: unknown partial `footr` [E914]
          at templates/newsletter.txt.hbs:2:1
          2 | {{> footr}}
            | ^
        hint: did you mean `{{> footer}}`?
        ",
    );
}

#[test]
fn an_unknown_field_in_a_template() {
    let room = room().file("templates/newsletter.txt.hbs", "{{subject}}\n{{organisation.nam}}\n");
    finds(
        &room,
        "
        error: unknown field `organisation.nam` [E915]
          at templates/newsletter.txt.hbs:2:1
          2 | {{organisation.nam}}
            | ^
        hint: did you mean `organisation.name`?
        ",
    );
}

#[test]
fn a_block_of_a_template_that_nobody_closes() {
    let room = room().file("templates/newsletter.txt.hbs", "{{subject}}\n{{#if date}}\n{{date}}\n");
    finds(
        &room,
        "
        error: the block `{{#if}}` is opened, but not closed [E912]
          at templates/newsletter.txt.hbs:2:1
          2 | {{#if date}}
            | ^^^^^^^^^^^^
        hint: add `{{/if}}` where it ends
        ",
    );
}

#[test]
fn a_template_that_renders_nothing() {
    let room = room().file("templates/newsletter.txt.hbs", "{{!-- to be written --}}\n");
    finds(
        &room,
        "
        error: the template renders nothing [E913]
          at templates/newsletter.txt.hbs
        hint: delete the file to have the built-in template back
        ",
    );
}

#[test]
fn a_language_without_words() {
    let room = room();
    let config = room.read("envoi.toml").replace("default = \"en\"", "default = \"de\"");
    room.write("envoi.toml", config);
    finds(
        &room,
        "
        error: the templates have no words in `de` [E705]
          at templates/i18n/de.toml
        hint: copy `templates/i18n/en.toml` to that name and translate it
        ",
    );
}
