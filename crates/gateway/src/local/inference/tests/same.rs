//! The same bits: twice, with shared beginnings, in any batch, with any number of threads.

use super::super::attention::Memory;
use super::super::decoder::{Decoder, Run};
use super::super::gguf::Header;
use super::tiny::{Chance, Tiny};
use super::{Options, Output, engine, one_of, question, text};
use std::io::Cursor;
use std::process::Command;

const PAGE: &str =
    "The bridge was opened in 1931 and is 503 metres long. Is it longer than 500 metres?";

fn decoder(family: &str, way: &str) -> Decoder {
    let mut file = Cursor::new(Tiny::new(family, way, true).bytes());
    let header = Header::read(&mut file).expect("reads");
    let mut decoder = Decoder::load(&header, &mut file, 512, &mut |_| {}).expect("loads");
    decoder.same_for_any_batch(true);
    decoder
}

fn tokens(seed: u64, count: usize) -> Vec<u32> {
    let mut chance = Chance(seed);
    (0..count).map(|_| chance.below(256) as u32).collect()
}

/// Bits of the scores after the last token, when the tokens come in pieces of these sizes.
fn in_pieces(decoder: &Decoder, tokens: &[u32], sizes: &[usize]) -> Vec<u32> {
    let mut memory = Memory::new(&decoder.config);
    let mut scores = None;
    let mut at = 0;
    for size in sizes {
        let next = (at + size).min(tokens.len());
        let run = Run {
            memory: &mut memory,
            tokens: &tokens[at..next],
            scores: next == tokens.len(),
        };
        scores = decoder.pass(&mut [run]).expect("passes").remove(0);
        at = next;
    }
    bits(&scores.expect("scores"))
}

fn bits(scores: &[f32]) -> Vec<u32> {
    scores.iter().map(|score| score.to_bits()).collect()
}

#[test]
fn a_shared_beginning_changes_no_bit() {
    for (family, way) in [("qwen2", "qwen2"), ("llama", "smollm")] {
        let decoder = decoder(family, way);
        let tokens = tokens(1, 75);
        let whole = in_pieces(&decoder, &tokens, &[75]);
        assert_eq!(whole, in_pieces(&decoder, &tokens, &[75]), "twice");
        for sizes in [&[74, 1][..], &[1, 74], &[16, 16, 43], &[33, 42], &[1; 75]] {
            assert_eq!(
                whole,
                in_pieces(&decoder, &tokens, sizes),
                "{family} {sizes:?}"
            );
        }
        // A copied beginning, and one that was longer before.
        let mut long = Memory::new(&decoder.config);
        let pass = |memory: &mut Memory, tokens: &[u32]| {
            let run = Run {
                memory,
                tokens,
                scores: true,
            };
            bits(
                &decoder
                    .pass(&mut [run])
                    .expect("passes")
                    .remove(0)
                    .expect("scores"),
            )
        };
        pass(&mut long, &tokens[..60]);
        let mut copy = long.prefix(41);
        assert_eq!(whole, pass(&mut copy, &tokens[41..]));
        long.truncate(37);
        assert_eq!(whole, pass(&mut long, &tokens[37..]));
    }
}

#[test]
fn company_changes_no_bit() {
    for (family, way) in [("qwen2", "qwen2"), ("llama", "smollm")] {
        let decoder = decoder(family, way);
        let lists: Vec<Vec<u32>> = (0..5).map(|i| tokens(i, 20 + 7 * i as usize)).collect();
        let alone: Vec<Vec<u32>> = lists
            .iter()
            .map(|list| in_pieces(&decoder, list, &[list.len() - 1, 1]))
            .collect();
        let mut memories = vec![Memory::new(&decoder.config); 5];
        for last in [false, true] {
            let mut runs: Vec<Run<'_>> = memories
                .iter_mut()
                .zip(&lists)
                .map(|(memory, list)| {
                    let (most, one) = list.split_at(list.len() - 1);
                    Run {
                        memory,
                        tokens: if last { one } else { most },
                        scores: last,
                    }
                })
                .collect();
            let scores = decoder.pass(&mut runs).expect("passes");
            if last {
                let together: Vec<Vec<u32>> = scores.iter().flatten().map(|s| bits(s)).collect();
                assert_eq!(alone, together, "{family}");
            }
        }
    }
}

/// Run by the next test in processes of its own, because the number of threads is fixed once for a process.
#[test]
#[expect(clippy::print_stdout, reason = "the line is what the other test reads")]
fn prints_its_bits() {
    let decoder = decoder("qwen2", "qwen2");
    let tokens = tokens(3, 90);
    let mut sum = 0u64;
    for bits in in_pieces(&decoder, &tokens, &[80, 1, 1, 8]) {
        sum = sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(bits);
    }
    println!("threads={} bits={sum:016x}", crate::local::threads());
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let run = |threads: &str| {
        let output = Command::new(std::env::current_exe().expect("this binary"))
            .args([
                "--exact",
                "--nocapture",
                "local::inference::tests::same::prints_its_bits",
            ])
            .env("CANDLE_NUM_THREADS", threads)
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .expect("runs");
        let stdout = String::from_utf8(output.stdout).expect("text");
        let line = stdout
            .lines()
            .find_map(|line| line.split_once("threads=").map(|(_, l)| l.to_owned()));
        line.unwrap_or_else(|| panic!("no line in {stdout}"))
    };
    let (one, two, three) = (run("1"), run("2"), run("3"));
    let bits = |line: &str| line.split_once(" bits=").expect("bits").1.to_owned();
    assert!(one.starts_with("1 ") && two.starts_with("2 ") && three.starts_with("3 "));
    assert_eq!(bits(&one), bits(&two));
    assert_eq!(bits(&one), bits(&three));
}

#[test]
fn the_environment_leaves_a_core_to_others() {
    let threads = |cores| super::super::environment(cores)[0].1.clone();
    assert_eq!([1, 2, 3, 8].map(threads), ["1", "1", "2", "7"]);
}

#[test]
fn five_seats_say_together_what_each_says_alone() {
    let tiny = Tiny::new("qwen2", "qwen2", true);
    let same = Options {
        same_for_any_batch: true,
        ..Options::default()
    };
    let requests: Vec<_> = (0..5)
        .map(|seat| {
            let mut request = question(&format!("{PAGE} You are seat {seat}."), Output::Text);
            request.temperature = 0.8;
            request.seed = seat;
            request
        })
        .collect();
    let alone: Vec<String> = requests
        .iter()
        .map(|request| {
            let engine = engine(&tiny, &same).expect("loads");
            text(engine.ask_blocking(request))
        })
        .collect();
    let engine = engine(&tiny, &same).expect("loads");
    let together: Vec<String> = std::thread::scope(|scope| {
        let seats: Vec<_> = requests
            .iter()
            .map(|request| scope.spawn(|| text(engine.ask_blocking(request))))
            .collect();
        seats
            .into_iter()
            .map(|seat| seat.join().expect("seat"))
            .collect()
    });
    assert_eq!(alone, together);
    assert!(
        alone.iter().any(|said| *said != alone[0]),
        "seeds make a difference"
    );
}

#[test]
fn what_was_read_is_not_read_again() {
    let engine = engine(&Tiny::new("llama", "smollm", false), &Options::default()).expect("loads");
    let ask = |words: &str| {
        let request = question(&format!("{PAGE} {words}"), one_of(&["yes", "no"]));
        engine.ask_blocking(&request).expect("answers")
    };
    let first = ask("Seat one.");
    assert_eq!(first.shared_tokens, 0);
    let second = ask("Seat two.");
    assert!(
        second.shared_tokens * 10 > second.prompt_tokens * 8,
        "{second:?}"
    );
    let again = ask("Seat one.");
    assert_eq!(first.said, again.said, "shared or not");
}
