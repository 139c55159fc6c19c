//! `envoi import`: what was written elsewhere, as snippets.

mod support;

use support::{Newsroom, PIXEL, Site};

const RSS: &str = r#"<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Harbour Blog</title><link>https://blog.example.org/</link><language>fr-BE</language>
<item>
<title>Le bac &amp;amp; l&#8217;&#233;t&#233;</title><link>https://blog.example.org/bac</link>
<pubDate>Tue, 24 Nov 2026 10:00:00 +0100</pubDate>
<category>Ports</category><category><![CDATA[L'été]]></category>
<description>Short</description>
<content:encoded><![CDATA[<p>Il <b>part</b> à neuf heures.</p><script>alert(1)</script><ul><li>un</li><li>deux</li></ul>]]></content:encoded>
</item>
<item><title>Without a text</title><description>Only &lt;em&gt;this&lt;/em&gt;.</description></item>
</channel></rss>"#;

#[test]
fn posts_become_snippets() {
    let room = Newsroom::new().file("blog.xml", RSS).clock("2026-11-25T09:00:00Z");
    room.run("import blog.xml --into blog")
        .exit(0)
        .stdout(
            "
        issues/blog/2026-11-24-le-bac-l-ete.md
        issues/blog/without-a-text.md
        issues/blog/issue.toml
        ",
        )
        .stderr("not carried over: “Le bac & l’été”: `<script>`\n2 new snippets in `blog`\n");
    assert_eq!(
        room.read("issues/blog/2026-11-24-le-bac-l-ete.md"),
        "+++\ntitle = \"Le bac & l’été\"\nlang = \"fr-be\"\ndate = 2026-11-24\ncategories = [\"Ports\", \"L'été\"]\n\
         # from https://blog.example.org/bac\n+++\nIl **part** à neuf heures.\n\n- un\n- deux\n"
    );
    assert_eq!(
        room.read("issues/blog/without-a-text.md"),
        "+++\ntitle = \"Without a text\"\nlang = \"fr-be\"\n+++\nOnly *this*.\n"
    );
    assert!(room.read("issues/blog/issue.toml").starts_with("subject = \"The Harbour Blog\"\n"));
    room.run("check blog").exit(0);
}

#[test]
fn nothing_is_overwritten() {
    let room = Newsroom::new().file("blog.xml", RSS);
    room.run("import blog.xml --into blog").exit(0);
    room.write("issues/blog/without-a-text.md", "+++\ntitle = \"Mine\"\n+++\n");
    room.run("import blog.xml --into blog").exit(0).stdout("").stderr(
        "
        not carried over: “Le bac & l’été”: `2026-11-24-le-bac-l-ete.md` is there already
        not carried over: “Without a text”: `without-a-text.md` is there already
        0 new snippets in `blog`
        ",
    );
    assert_eq!(room.read("issues/blog/without-a-text.md"), "+++\ntitle = \"Mine\"\n+++\n");
}

#[test]
fn atom_carries_text_and_xhtml() {
    let feed = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl"><title>Haven</title><id>x</id>
        <entry><id>1</id><title type="html">&lt;b&gt;Veer&lt;/b&gt; terug</title><updated>2026-11-24T10:00:00Z</updated>
        <link rel="alternate" href="https://www.example.org/a"/><link rel="edit" href="https://www.example.org/edit"/>
        <category term="havens"/>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Het <em>vaart</em>.<br/>Ja.</p></div></content></entry>
        <entry><id>2</id><title>Twee</title><published>2026-11-25T10:00:00Z</published><content type="text">1 &lt; 2</content></entry></feed>"#;
    let room = Newsroom::new().file("atom.xml", feed);
    room.run("import atom.xml").exit(0).stderr("2 new snippets in `imported`\n");
    assert_eq!(
        room.read("issues/imported/2026-11-24-veer-terug.md"),
        "+++\ntitle = \"Veer terug\"\nlang = \"nl\"\ndate = 2026-11-24\ncategories = [\"havens\"]\n# from https://www.example.org/a\n+++\nHet *vaart*.\\\nJa.\n"
    );
    assert!(room.read("issues/imported/2026-11-25-twee.md").ends_with("+++\n1 \\< 2\n"));
}

#[test]
fn wordpress_exports_posts_and_much_else() {
    let export = r#"<rss version="2.0" xmlns:content="c" xmlns:wp="w"><channel><title>WP</title><language>en-US</language>
        <item><title>Post</title><wp:post_id>7</wp:post_id><wp:post_type>post</wp:post_type><wp:status>draft</wp:status>
        <wp:post_date>2026-11-24 10:00:00</wp:post_date>
        <content:encoded><![CDATA[One
two

[gallery ids="1"]

Three]]></content:encoded></item>
        <item><title>menu</title><wp:post_type>nav_menu_item</wp:post_type></item></channel></rss>"#;
    let room = Newsroom::new().file("wp.xml", export);
    room.run("import wp.xml").exit(0).stderr(
        "
        not carried over: “Post”: the code `[gallery]`
        not carried over: “Post”: that it was a draft (look at it before you use it)
        not carried over: 1 of the kind `nav_menu_item`
        1 new snippet in `imported`
        ",
    );
    assert!(
        room.read("issues/imported/2026-11-24-post.md")
            .ends_with("+++\nOne\\\ntwo\n\n\\[gallery ids=\"1\"\\]\n\nThree\n")
    );
}

#[test]
fn pictures_come_along() {
    let room = Newsroom::new().bytes("site/img/ferry.png", PIXEL).bytes("site/img/note.svg", b"<svg/>");
    let item = |body: &str| {
        format!(
            "<rss><channel><item><title>A</title><description><![CDATA[{body}]]></description></item></channel></rss>"
        )
    };
    room.write("site/feed.xml", item("<p><img src='/img/ferry.png' alt='The [ferry]'></p><img src='img/note.svg'><img src='img/gone.png'><img src='img/dot.gif' width=1>"));
    let site = Site::of(&room.path("site"));
    let run = room.run(&format!("import {}", site.url("feed.xml"))).exit(0);
    assert_eq!(run.stdout_text(), "issues/imported/a.md\nissues/imported/issue.toml\nissues/imported/ferry.png\n");
    let told = run.stderr_text();
    assert!(told.contains("img/note.svg`: it is no PNG, JPEG, GIF or WebP file\n"), "{told}");
    assert!(told.contains("img/gone.png`: the server answered 404\n"), "{told}");
    assert!(told.contains("a picture of one dot"), "{told}");
    assert_eq!(room.read("issues/imported/a.md"), "+++\ntitle = \"A\"\n+++\n![The \\[ferry\\]](ferry.png)\n");
    assert_eq!(room.read_bytes("issues/imported/ferry.png"), PIXEL);
}

#[test]
fn a_file_from_elsewhere_does_not_reach_into_this_network() {
    let room = Newsroom::new().bytes("site/ferry.png", PIXEL);
    let site = Site::of(&room.path("site"));
    let body = format!(
        "<rss><channel><item><title>A</title><description>x &lt;img src='{}'&gt;</description></item></channel></rss>",
        site.url("ferry.png")
    );
    room.write("feed.xml", body);
    room.run("import feed.xml").exit(0).stderr_has("ferry.png`: its address is a private one\n");
    assert!(!room.exists("issues/imported/ferry.png"));
}

#[test]
fn a_feed_that_is_not_well_formed_writes_nothing() {
    let room = Newsroom::new().file("broken.xml", "<rss>\n<channel>\n<item><title>A</titel></item></channel></rss>");
    room.run("import broken.xml").exit(1).stdout("").stderr(
        "
        error: the feed is not well-formed: ill-formed document: expected `</title>`, but `</titel>` was found [E130]
          at broken.xml:3:15
          3 | <item><title>A</titel></item></channel></rss>
            |               ^
        hint: export it again, or ask whoever runs the site; nothing was written
        ",
    );
    room.write("cut.xml", "<rss><channel><item><title>A</title>");
    room.run("import cut.xml")
        .exit(1)
        .stdout("")
        .stderr_has("error: the feed is not well-formed: the element `item` is opened, but not closed [E130]\n");
    room.write("page.xml", "<html><body>Hello</body></html>");
    room.run("import page.xml")
        .exit(1)
        .stdout("")
        .stderr_has("error: the file is no RSS, no Atom and no WordPress export [E131]\n");
    room.write("empty.xml", "<rss><channel><title>A</title></channel></rss>");
    room.run("import empty.xml").exit(1).stdout("").stderr_has("error: `empty.xml` has no posts\n");
    assert!(!room.exists("issues"));
}

#[test]
fn entities_of_its_own_do_not_explode() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\
        <rss><channel><item><title>x</title><description>&b;&c;</description></item></channel></rss>";
    let room = Newsroom::new().file("bomb.xml", bomb);
    room.run("import bomb.xml").exit(0);
    assert_eq!(room.read("issues/imported/x.md"), "+++\ntitle = \"x\"\n+++\n\\&b;\\&c;\n");
}

#[test]
fn depth_and_size_have_bounds() {
    let room = Newsroom::new().file("deep.xml", &format!("<rss>{}", "<a>".repeat(5_000)));
    room.run("import deep.xml").exit(1).stderr_has("elements lie more than 100 deep in each other [E130]\n");
    let file = std::fs::File::create(room.path("huge.xml")).expect("a file");
    file.set_len(65 * 1024 * 1024).expect("a hole");
    room.run("import huge.xml").exit(1).stdout("").stderr_has("error: the feed is too large: 68 MB [E132]\n");
    let posts = "<item><title>A</title><description>x</description></item>".repeat(10_050);
    room.write("many.xml", format!("<rss><channel>{posts}</channel></rss>"));
    room.run("import many.xml").exit(0).stderr_has("not carried over: 50 posts after the first 10000\n");
}

#[test]
fn a_post_bears_its_own_day() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>R&amp;amp;D</title>
        <entry><title>Ferry &lt;b&gt; "&amp;amp;"</title><updated>2026-11-30T10:00:00Z</updated>
        <published>2026-11-24T10:00:00Z</published><summary>1 &lt; 2 &amp;amp; &lt;b&gt;</summary></entry></feed>"#;
    let wordpress = r#"<rss xmlns:wp="w"><channel><title>WP</title><language>fr-FR</language>
        <item><title>Nuit</title><pubDate>Mon, 23 Nov 2026 23:30:00 +0000</pubDate><wp:post_type>post</wp:post_type>
        <wp:post_date>2026-11-24 00:30:00</wp:post_date><wp:status>publish</wp:status></item>
        <item><title>Jeté</title><wp:post_type>post</wp:post_type><wp:status>trash</wp:status></item>
        </channel></rss>"#;
    let room = Newsroom::new().file("atom.xml", atom).file("wp.xml", wordpress).clock("2026-11-25T09:00:00Z");
    room.write("envoi.toml", room.read("envoi.toml").replace("default = \"en\"", "default = \"fr\""));
    room.run("import atom.xml --into atom").exit(0);
    assert_eq!(
        room.read("issues/atom/2026-11-24-ferry-b-amp.md"),
        "+++\ntitle = 'Ferry <b> \"&amp;\"'\ndate = 2026-11-24\n+++\n1 \\< 2 \\&amp; \\<b>\n"
    );
    assert!(room.read("issues/atom/issue.toml").starts_with("subject = \"R&amp;D\"\n"));
    room.run("import wp.xml --into wp").exit(0).stderr_has("not carried over: 1 of the status `trash`\n");
    assert_eq!(
        room.read("issues/wp/2026-11-24-nuit.md"),
        "+++\ntitle = \"Nuit\"\nlang = \"fr\"\ndate = 2026-11-24\n+++\n"
    );
    assert_eq!(
        room.read("issues/wp/issue.toml"),
        "subject = \"WP\"\ndate = 2026-11-25\nlanguages = [\"fr\"]\n",
        "the project's own tag"
    );
}

#[test]
fn code_keeps_its_empty_lines() {
    let feed = "<rss><channel><item><title>A</title><description><![CDATA[<p>x</p><ul><li><pre>a\n\n\nb  \nc</pre></li></ul><p>y</p>]]></description></item></channel></rss>";
    let room = Newsroom::new().file("feed.xml", feed);
    room.run("import feed.xml").exit(0);
    let text = room.read("issues/imported/a.md");
    assert!(text.ends_with("+++\nx\n\n- ```\n  a\n  \n  \n  b  \n  c\n  ```\n\ny\n"), "{text}");
}

#[test]
fn a_feed_does_not_write_on_the_terminal() {
    let feed = "<rss xmlns:wp='w'><channel><item><title>A</title><description>x</description></item>\
        <item><title>B</title><wp:post_type>\u{1b}[31mred</wp:post_type></item></channel></rss>";
    let room = Newsroom::new().file("feed.xml", feed);
    let run = room.run("--color always import feed.xml").exit(0);
    let told = run.stderr_text();
    assert!(told.contains("1 of the kind `\u{fffd}[31mred`"), "{told:?}");
    assert!(!told.contains("\u{1b}[31m"), "{told:?}");
}
