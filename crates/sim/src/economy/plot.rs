//! Plots as SVG text: lines over two axes, and bars with intervals. Colours follow the reader's
//! light or dark mode.

use std::fmt::Write as _;

/// How values are placed on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithm; nothing below the axis' start is drawn.
    Log,
}

/// One axis.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What, and its unit.
    pub label: &'static str,
    /// How.
    pub scale: Scale,
    /// Marks, smallest first; the axis spans them.
    pub marks: Vec<f64>,
}

/// A line with a name; points that runs gave are drawn as dots.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name in the legend.
    pub name: String,
    /// Its points, drawn as a line.
    pub points: Vec<(f64, f64)>,
    /// Points of runs with their intervals: place, value, low, high.
    pub runs: Vec<(f64, f64, f64, f64)>,
}

/// A bar with an interval.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it is about.
    pub label: String,
    /// Its length.
    pub value: f64,
    /// Where the interval begins and ends.
    pub interval: (f64, f64),
}

const COLOURS: [&str; 8] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#7f7f7f",
];

const STYLE: &str = "<style>\n.back{fill:#ffffff}.ink{fill:#222222}.grid{stroke:#dddddd}.axis{stroke:#222222}\n\
text{font-family:system-ui,sans-serif;font-size:13px}.title{font-size:15px;font-weight:600}\n\
@media(prefers-color-scheme:dark){.back{fill:#1d1f21}.ink{fill:#e6e6e6}.grid{stroke:#3a3d40}.axis{stroke:#e6e6e6}}\n</style>\n";

const WIDTH: f64 = 760.0;
const LEFT: f64 = 80.0;
const TOP: f64 = 48.0;
const PLOT_WIDTH: f64 = 500.0;
const PLOT_HEIGHT: f64 = 320.0;

impl Axis {
    /// Where a value lies between the ends of the axis, from 0 to 1; `None` outside.
    fn place(&self, value: f64) -> Option<f64> {
        let (first, last) = (*self.marks.first()?, *self.marks.last()?);
        let share = match self.scale {
            Scale::Linear => (value - first) / (last - first),
            Scale::Log => (value.ln() - first.ln()) / (last.ln() - first.ln()),
        };
        (-1e-9..=1.0 + 1e-9).contains(&share).then_some(share)
    }

    fn name(&self, mark: f64) -> String {
        if self.scale == Scale::Log && mark < 0.001 {
            format!("1e{:.0}", mark.log10())
        } else {
            format!("{mark}")
        }
    }
}

fn open(height: f64, title: &str) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>{title}</title>\n{STYLE}<rect class=\"back\" width=\"{WIDTH}\" height=\"{height}\" rx=\"6\"/>\n"
    );
    text(&mut svg, (20.0, 26.0), "ink title", "start", title);
    svg
}

fn text(svg: &mut String, (x, y): (f64, f64), class: &str, anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
    );
}

fn stroke(svg: &mut String, from: (f64, f64), to: (f64, f64), how: &str) {
    let _ = writeln!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" {how}/>",
        from.0, from.1, to.0, to.1
    );
}

/// Two axes and what lies between them.
struct Frame<'a> {
    x: &'a Axis,
    y: &'a Axis,
}

impl Frame<'_> {
    fn across(&self, value: f64) -> Option<f64> {
        self.x.place(value).map(|share| LEFT + share * PLOT_WIDTH)
    }

    fn down(&self, value: f64) -> Option<f64> {
        let share = self.y.place(value);
        share.map(|share| TOP + (1.0 - share) * PLOT_HEIGHT)
    }

    fn grid(&self, svg: &mut String) {
        let (right, bottom) = (LEFT + PLOT_WIDTH, TOP + PLOT_HEIGHT);
        for mark in &self.x.marks {
            let at = self.across(*mark).unwrap_or(LEFT);
            stroke(svg, (at, TOP), (at, bottom), "class=\"grid\"");
            let name = self.x.name(*mark);
            text(svg, (at, bottom + 18.0), "ink", "middle", &name);
        }
        for mark in &self.y.marks {
            let at = self.down(*mark).unwrap_or(TOP);
            stroke(svg, (LEFT, at), (right, at), "class=\"grid\"");
            let name = self.y.name(*mark);
            text(svg, (LEFT - 8.0, at + 4.0), "ink", "end", &name);
        }
        if let Some(zero) = self.down(0.0).filter(|_| self.y.scale == Scale::Linear) {
            stroke(svg, (LEFT, zero), (right, zero), "class=\"axis\"");
        }
        let under = (LEFT + PLOT_WIDTH / 2.0, bottom + 42.0);
        text(svg, under, "ink", "middle", self.x.label);
        let _ = writeln!(
            svg,
            "<text class=\"ink\" transform=\"translate(22 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            TOP + PLOT_HEIGHT / 2.0,
            self.y.label
        );
    }

    fn line(&self, svg: &mut String, line: &Line, colour: &str) {
        let points = line.points.iter();
        let points = points.filter_map(|point| Some((self.across(point.0)?, self.down(point.1)?)));
        let path: Vec<String> = points.map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(
            svg,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/>",
            path.join(" ")
        );
        for (place, value, low, high) in &line.runs {
            let (Some(x), Some(y)) = (self.across(*place), self.down(*value)) else {
                continue;
            };
            let bottom = self.down(*low).unwrap_or(TOP + PLOT_HEIGHT);
            let top = self.down(*high).unwrap_or(TOP);
            stroke(svg, (x, bottom), (x, top), &format!("stroke=\"{colour}\""));
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"/>"
            );
        }
    }
}

/// Lines, and dots with whiskers where runs gave values.
#[must_use]
pub fn lines(title: &str, x: &Axis, y: &Axis, lines: &[Line]) -> String {
    let mut svg = open(TOP + PLOT_HEIGHT + 60.0, title);
    let frame = Frame { x, y };
    frame.grid(&mut svg);
    for ((line, colour), row) in lines.iter().zip(COLOURS.iter().cycle()).zip(0_u32..) {
        frame.line(&mut svg, line, colour);
        let at = TOP + 10.0 + 22.0 * f64::from(row);
        let from = LEFT + PLOT_WIDTH + 16.0;
        let how = format!("stroke=\"{colour}\" stroke-width=\"3\"");
        stroke(&mut svg, (from, at), (from + 20.0, at), &how);
        text(
            &mut svg,
            (from + 26.0, at + 4.0),
            "ink",
            "start",
            &line.name,
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Horizontal bars with whiskers, one below the other.
#[must_use]
pub fn bars(title: &str, x: &Axis, bars: &[Bar]) -> String {
    const NAMES: f64 = 250.0;
    const ROW: f64 = 24.0;
    let rows = f64::from(u32::try_from(bars.len()).unwrap_or_default());
    let bottom = TOP + rows * ROW + 6.0;
    let mut svg = open(bottom + 50.0, title);
    let across = |value: f64| {
        let share = x
            .place(value)
            .unwrap_or(if value > 0.0 { 1.0 } else { 0.0 });
        NAMES + share * (WIDTH - NAMES - 40.0)
    };
    for mark in &x.marks {
        let at = across(*mark);
        stroke(&mut svg, (at, TOP), (at, bottom), "class=\"grid\"");
        text(
            &mut svg,
            (at, bottom + 18.0),
            "ink",
            "middle",
            &x.name(*mark),
        );
    }
    let origin = if x.scale == Scale::Linear {
        0.0
    } else {
        f64::MIN_POSITIVE
    };
    let zero = across(origin);
    for (bar, row) in bars.iter().zip(0_u32..) {
        let at = TOP + 4.0 + ROW * f64::from(row);
        text(
            &mut svg,
            (NAMES - 10.0, at + 13.0),
            "ink",
            "end",
            &bar.label,
        );
        let end = across(bar.value);
        let _ = writeln!(
            svg,
            "<rect x=\"{:.1}\" y=\"{at:.1}\" width=\"{:.1}\" height=\"16\" fill=\"{}\"/>",
            zero.min(end),
            (end - zero).abs(),
            if bar.value < 0.0 {
                COLOURS[1]
            } else {
                COLOURS[0]
            },
        );
        let (low, high) = (across(bar.interval.0), across(bar.interval.1));
        stroke(
            &mut svg,
            (low, at + 8.0),
            (high, at + 8.0),
            "class=\"axis\" stroke-width=\"2\"",
        );
    }
    stroke(&mut svg, (zero, TOP), (zero, bottom), "class=\"axis\"");
    let middle = (NAMES + (WIDTH - NAMES - 40.0) / 2.0, bottom + 40.0);
    text(&mut svg, middle, "ink", "middle", x.label);
    svg.push_str("</svg>\n");
    svg
}
