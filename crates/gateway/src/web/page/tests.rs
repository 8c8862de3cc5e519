//! Visible text of small documents.

use super::{body_markup, charset, visible_text};
use crate::web::document::{MAX_DEPTH, TooComplex};

fn check(html: &str, expected: &str) {
    assert_eq!(visible_text(html).as_deref(), Ok(expected), "{html}");
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
fn markup_that_would_explode_is_refused() {
    let nested = |depth: usize| format!("{}x{}", "<div>".repeat(depth), "</div>".repeat(depth));
    check(&nested(MAX_DEPTH - 10), "x");
    assert_eq!(visible_text(&nested(200_000)), Err(TooComplex));

    // Each paragraph rebuilds all unclosed formatting elements.
    let open: String = (0..900).map(|n| format!("<b id={n}>")).collect();
    let rebuilt = format!("<div>{open}</div>{}", "<p>x</p>".repeat(100_000));
    assert_eq!(visible_text(&rebuilt), Err(TooComplex));

    let long = "a".repeat(1 << 20);
    let repeated = format!("<div><b title={long}></div>{}", "<p>x</p>".repeat(1_000));
    assert_eq!(body_markup(&repeated), Err(TooComplex));
    assert_eq!(
        visible_text(&repeated).map(|text| text.len()),
        Ok(3 * 1_000 - 2)
    );
}

#[test]
fn large_honest_pages_are_read() {
    let rows = "<tr><td>a</td><td>b &amp; c</td></tr>\n".repeat(30_000);
    let text = visible_text(&format!("<table>{rows}</table>")).expect("read");
    assert_eq!(text.lines().count(), 30_000);
}

#[test]
fn markup_is_the_inside_of_the_body() {
    assert_eq!(
        body_markup("<html><body class=a><p>x</p></body>").as_deref(),
        Ok("<p>x</p>")
    );
    assert_eq!(body_markup("plain").as_deref(), Ok("plain"));
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
