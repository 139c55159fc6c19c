//! The templates that are built into envoi: `templates/` of its own repository.
//!
//! What `envoi init` writes out, and what is used where a project has no file of that name. Logos and boilerplates
//! are a project's own and not among them.

macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $name)))),*]
    };
}

/// Each file's name within `templates/`, and its text.
pub const TEMPLATES: &[(&str, &str)] = embed![
    "archive.html.hbs",
    "confirmation.html.hbs",
    "confirmation.txt.hbs",
    "newsletter.html.hbs",
    "newsletter.txt.hbs",
    "press-mail.html.hbs",
    "press-release.html.hbs",
    "press-release.txt.hbs",
    "reader.html.hbs",
    "theme.toml",
    "themes/harbour.toml",
    "themes/lantern.toml",
    "themes/meadow.toml",
    "i18n/en.toml",
    "i18n/fr.toml",
    "i18n/nl.toml",
    "partials/article.html.hbs",
    "partials/article.txt.hbs",
    "partials/body.html.hbs",
    "partials/body.txt.hbs",
    "partials/browser.html.hbs",
    "partials/button.html.hbs",
    "partials/contents.html.hbs",
    "partials/contents.txt.hbs",
    "partials/copyright.html.hbs",
    "partials/copyright.txt.hbs",
    "partials/document.txt.hbs",
    "partials/documents.html.hbs",
    "partials/documents.txt.hbs",
    "partials/event.html.hbs",
    "partials/event.txt.hbs",
    "partials/footer.html.hbs",
    "partials/footer.txt.hbs",
    "partials/header.html.hbs",
    "partials/heading.html.hbs",
    "partials/image.html.hbs",
    "partials/image.txt.hbs",
    "partials/links-list.html.hbs",
    "partials/links-list.txt.hbs",
    "partials/links.html.hbs",
    "partials/links.txt.hbs",
    "partials/logo.html.hbs",
    "partials/more.html.hbs",
    "partials/more.txt.hbs",
    "partials/notes.txt.hbs",
    "partials/preheader.html.hbs",
    "partials/press-release.html.hbs",
    "partials/press-release.txt.hbs",
    "partials/press-style.html.hbs",
    "partials/publication.html.hbs",
    "partials/publication.txt.hbs",
    "partials/quotation.html.hbs",
    "partials/quotation.txt.hbs",
    "partials/reader-style.html.hbs",
    "partials/style.html.hbs",
];
