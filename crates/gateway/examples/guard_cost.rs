//! What the guards cost: time to clean, look at and render a page, and how much longer a prompt becomes.
//!
//! `cargo run --release -p venire-gateway --example guard_cost`. Asks a model that answers at once, so the
//! time is that of everything between a contract and its provider.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "measures time and prints it"
)]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use venire_gateway::{
    Call, Context, Gateway, GatewayConfig, Marking, Pending, Profile, Provider, Reply, Trail,
    Transforms,
};
use venire_types::ask::{Format, Part, Question};
use venire_types::{Address, B256};

/// Pages of each measurement, and how often each is asked about.
const PAGES: usize = 400;
const REPEATS: usize = 5;

/// Answers at once and keeps what it was sent.
#[derive(Debug, Default)]
struct Instantly(Mutex<(String, String)>);

impl Provider for Instantly {
    fn name(&self) -> &str {
        "instantly"
    }

    fn call<'a>(&'a self, call: Call<'a>) -> Pending<'a> {
        if let Ok(mut sent) = self.0.lock() {
            *sent = (
                call.system.unwrap_or_default().to_owned(),
                call.user.to_owned(),
            );
        }
        let reply = Reply {
            text: "yes".to_owned(),
            usage: None,
        };
        Box::pin(std::future::ready(Ok(reply)))
    }
}

/// Tokens as byte-pair encodings roughly make them: one for four letters of a word, for two digits or hex
/// digits in a code, for each other sign.
fn tokens(text: &str) -> usize {
    let mut count = 0_usize;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let is_code = word.len() >= 12 && word.bytes().all(|b| b.is_ascii_hexdigit());
        count += word.chars().count().div_ceil(if is_code { 2 } else { 4 });
    }
    count
        + text
            .chars()
            .filter(|c| !c.is_alphanumeric() && !c.is_whitespace())
            .count()
}

/// Prose of that many bytes, one of thirty, with what pages have: numbers, other scripts, a little markup, long words.
fn page(bytes: usize, which: usize) -> String {
    let parts = [
        "The council met on 7 March 2026 and voted 12 to 3 for the new bridge. ",
        "Der Bau kostet 3.450.000 Euro und dauert zwei Jahre. ",
        "\u{412} \u{43f}\u{43e}\u{43d}\u{435}\u{434}\u{435}\u{43b}\u{44c}\u{43d}\u{438}\u{43a} \u{431}\u{443}\u{434}\u{435}\u{442} \u{434}\u{43e}\u{436}\u{434}\u{44c}. ",
        "Read more at https://example.com/news/2026/03/bridge?id=99#top <b>today</b>. ",
        "{\"votes\": 12, \"against\": 3, \"note\": \"open\"} ",
        "\u{4eca}\u{5929}\u{5929}\u{6c14}\u{5f88}\u{597d}\u{3002} Please answer the survey; ignore it if you have done so.\n",
    ];
    let mut text: String = parts
        .iter()
        .cycle()
        .skip(which % 6)
        .step_by(1 + which % 5)
        .take(bytes / 30)
        .copied()
        .collect();
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

fn question(page: &str, as_data: bool) -> Question {
    let words =
        "Is the page about a bridge? Answer yes or no, and say in one sentence why.".to_owned();
    let parts = if as_data {
        let data = Part::Data {
            label: "page".to_owned(),
            text: page.to_owned(),
        };
        vec![Part::Words(words), data]
    } else {
        vec![Part::Words(format!("{words}\n{page}"))]
    };
    Question::Prompt {
        parts,
        format: Format::Text,
        images: Vec::new(),
    }
}

struct Bench {
    gateway: Gateway,
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    fn ask(&self, profile: &Profile, index: u32, question: Question) -> Duration {
        let context = Context {
            tx: B256::repeat_byte(1),
            validator: Address::repeat_byte(2),
            block: 0,
            index,
            seed: [3; 32],
        };
        let mut trail = Trail::default();
        let started = Instant::now();
        let answer = self.gateway.ask(profile, &context, question, &mut trail);
        let answer = self.runtime.block_on(answer);
        let took = started.elapsed();
        assert!(answer.is_ok(), "{answer:?}");
        took
    }

    fn time(&self, name: &str, bytes: usize, transforms: Transforms) {
        let mut profile = Profile::of(vec![Arc::new(Instantly::default())]);
        profile.transforms = transforms;
        // Other processes take the processor for longer than a run lasts: the least of a few runs counts.
        let least = |at: usize| {
            let page = page(bytes, at);
            let runs = (0..REPEATS).map(|run| {
                let index = u32::try_from(at * REPEATS + run).unwrap_or(0);
                self.ask(&profile, index, question(&page, true))
            });
            runs.min().unwrap_or_default()
        };
        let mut times: Vec<Duration> = (0..PAGES).map(least).collect();
        times.sort();
        let at = |share: usize| times[(PAGES * share / 1000).min(PAGES - 1)].as_secs_f64() * 1e3;
        println!(
            "{name}, {} KiB: median {:.2} ms, p99 {:.2} ms, slowest {:.2} ms ({PAGES} pages, each the least of {REPEATS})",
            bytes >> 10,
            at(500),
            at(990),
            at(1000)
        );
    }

    fn tokens(&self, name: &str, bytes: usize, transforms: Transforms) {
        let sent = |as_data| {
            let provider = Arc::new(Instantly::default());
            let mut profile = Profile::of(vec![Arc::clone(&provider) as Arc<dyn Provider>]);
            profile.transforms = transforms.clone();
            self.ask(&profile, 0, question(&page(bytes, 0), as_data));
            let sent = provider
                .0
                .lock()
                .map(|sent| sent.clone())
                .unwrap_or_default();
            (
                tokens(&sent.0) + tokens(&sent.1),
                sent.0.len() + sent.1.len(),
            )
        };
        let (plain, guarded) = (sent(false), sent(true));
        let more = |a: usize, b: usize| (b as f64 / a as f64 - 1.0) * 100.0;
        println!(
            "{name}, {:.1} KiB: {} -> {} tokens (+{:.1} %), {} -> {} bytes (+{:.1} %)",
            bytes as f64 / 1024.0,
            plain.0,
            guarded.0,
            more(plain.0, guarded.0),
            plain.1,
            guarded.1,
            more(plain.1, guarded.1)
        );
    }
}

fn main() -> std::io::Result<()> {
    let bench = Bench {
        gateway: Gateway::new(GatewayConfig::default()),
        runtime: tokio::runtime::Builder::new_current_thread().build()?,
    };
    let marked = Transforms {
        marking: Marking::Signs,
        ..Transforms::varied()
    };
    for bytes in [4 << 10, 64 << 10] {
        bench.time("default", bytes, Transforms::default());
        bench.time("varied", bytes, Transforms::varied());
        bench.time("varied and marked", bytes, marked.clone());
    }
    for bytes in [1 << 10, 2 << 10, 4 << 10, 16 << 10, 64 << 10] {
        bench.tokens("fences", bytes, Transforms::default());
    }
    for bytes in [4 << 10, 64 << 10] {
        bench.tokens("varied", bytes, Transforms::varied());
        bench.tokens("varied and marked", bytes, marked.clone());
    }
    Ok(())
}
