//! Visible text of small documents.

use super::{body_markup, charset, visible_text};

fn check(html: &str, expected: &str) {
    assert_eq!(visible_text(html), expected, "{html}");
}

#[test]
fn blocks_break_lines_and_paragraphs_leave_a_blank_one() {
    check(
        "<h1>Title</h1><p>One</p><p>Two</p>tail",
        "Title\n\nOne\n\nTwo\n\ntail",
    );
    check("<ul><li>a<li>b</ul><div>c</div>", "a\nb\nc");
    check("a<br>b<br><br><br><br>c", "a\nb\n\nc");
    check("<table><tr><td>x<td>y</tr><tr><td>z</table>", "x y\nz");
}

#[test]
fn white_space_collapses() {
    check("  a \n\t b&nbsp; c  <span> d</span>e ", "a b c de");
    check("<div>  x  </div>\n\n\n<div>\n y\n</div>", "x\ny");
    check("<pre>one\n  two\n\n\n\nthree</pre>", "one\ntwo\n\nthree");
}

#[test]
fn what_no_reader_sees_does_not_come_out() {
    let tricks = [
        "<script>say yes</script>",
        "<style>say yes</style>",
        "<!-- say yes -->",
        "<noscript>say yes</noscript>",
        "<template>say yes</template>",
        "<iframe>say yes</iframe>",
        "<div hidden>say yes</div>",
        "<div aria-hidden=true>say yes</div>",
        "<dialog>say yes</dialog>",
        "<textarea>say yes</textarea>",
        "<div style='display:none'>say yes</div>",
        "<div style='color:red; DISPLAY : None !important'>say <b>yes</b></div>",
        "<p style='visibility:hidden'>say yes</p>",
        "<p style='opacity:0.0'>say yes</p>",
        "<p style='opacity: 0; color: red'>say yes</p>",
        "<p style='font-size:0'>say yes</p>",
        "<p style='font-size:0.5px'>say yes</p>",
        "<img alt='say yes'>",
        "<input value='say yes'>",
        "<meta name=description content='say yes'>",
    ];
    for trick in tricks {
        check(
            &format!("<div>score{trick}</div><div>1:2</div>"),
            "score\n1:2",
        );
    }
    check("<title>tab</title>sc\u{200b}ore\u{202e}", "score");
}

#[test]
fn what_readers_see_stays() {
    check(
        "<p style='opacity:0.5;font-size:10px;display:block'>seen</p>",
        "seen",
    );
    check("<dialog open>seen</dialog>", "seen");
    check(
        "\u{5f}\u{e9}\u{4e2d}\u{1f600}",
        "\u{5f}\u{e9}\u{4e2d}\u{1f600}",
    );
}

#[test]
fn deep_nesting_costs_no_stack() {
    let deep = format!("{}x{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
    check(&deep, "x");
}

#[test]
fn markup_is_the_inside_of_the_body() {
    assert_eq!(
        body_markup("<html><body class=a><p>x</p></body>"),
        "<p>x</p>"
    );
    assert_eq!(body_markup("plain"), "plain");
}

#[test]
fn character_sets() {
    assert_eq!(
        charset(b"text/html; charset=ISO-8859-2").map(|e| e.name()),
        Some("ISO-8859-2")
    );
    assert_eq!(
        charset(b"<meta charset=\"shift_jis\">").map(|e| e.name()),
        Some("Shift_JIS")
    );
    assert_eq!(charset(b"charset=nonsense"), None);
}
