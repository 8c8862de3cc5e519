//! `venire up`: a whole local network in one process.

use crate::{
    exit,
    output::{self, GREEN, GREY, RED, colours, paint},
    place,
    progress::Compiling,
};
use clap::Args;
use eyre::{Result, WrapErr as _, eyre};
use serde_json::{Value, json};
use std::{mem::ManuallyDrop, path::PathBuf, time::Duration};
use tokio::sync::{broadcast::error::RecvError, oneshot};
use venire_api::quantity::{hex_address, hex_hash};
use venire_node::shell::{NetworkSpec, Node, NodeConfig, NodeEvent, ProviderSpec, Summary};
use venire_types::vote::Status;

/// How often the network is asked whether its chain has ended by itself.
const END_POLL: Duration = Duration::from_millis(200);

/// Run a local network: validators, RPC and a page on one port.
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Port on the loopback addresses; 0 picks a free one.
    #[arg(long, default_value_t = 4000)]
    port: u16,
    /// Keep the chain here, so that it survives a restart; without it the chain lives in memory.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// What a new chain starts from: local, test, mirror, or a genesis file [default: local].
    #[arg(long, value_name = "NAME|FILE", value_parser = NetworkSpec::load)]
    genesis: Option<NetworkSpec>,
    /// Validators of a new chain, instead of those of its genesis (25 for local).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    validators: Option<u32>,
    /// Seed of a new chain: accounts, keys, committees and leaders follow from it [default: venire].
    #[arg(long, value_name = "S")]
    seed: Option<String>,
    /// Seconds between acceptance and finality of a new chain, instead of those of its genesis (10
    /// for local).
    #[arg(long, value_name = "SECONDS")]
    finality_window: Option<u64>,
    /// Model provider, e.g. jury, scripted:FILE or openai-compatible:URL?model=M; given several
    /// times, they are dealt to the validators in turn.
    #[arg(long, value_name = "SPEC", default_value = "jury")]
    provider: Vec<ProviderSpec>,
    /// Write URLs, accounts and validators to this file (JSON) once the node serves.
    #[arg(long, value_name = "FILE")]
    config_out: Option<PathBuf>,
    /// Let the chain clock stand still at this time (ISO-8601) until sim_setTime or
    /// sim_increaseTime moves it: same inputs, same blocks.
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    manual_clock: Option<u64>,
    /// Take transactions in, but start none before evm_mine: so a pending one can be canceled.
    #[arg(long)]
    no_mining: bool,
    /// Let web pages of this origin, e.g. https://app.example, call everything; may be given several
    /// times. Pages of other sites may read state, but run no code, send and change nothing.
    #[arg(long, value_name = "URL", value_parser = origin)]
    allow_origin: Vec<String>,
    /// No banner, no lines about transactions.
    #[arg(long)]
    quiet: bool,
    /// One JSON object for each event on stdout.
    #[arg(long)]
    json: bool,
}

impl Up {
    pub(crate) fn run(self) -> Result<u8> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        // Never dropped: that would wait for executions, which may wait minutes for a model, or break
        // their connections, which a validator would take for an answer. The chain is on disk, and a
        // validator that starts again finds its duties in the state.
        ManuallyDrop::new(runtime).block_on(self.serve())
    }

    async fn serve(self) -> Result<u8> {
        let config = NodeConfig {
            port: self.port,
            data_dir: self.data_dir.clone(),
            cache_dir: place::cache_dir()?,
            guest: place::guest()?,
            models: place::models()?,
            genesis: self.genesis.clone(),
            validators: self.validators,
            seed: self.seed.clone(),
            finality_window_s: self.finality_window,
            providers: self.provider.clone(),
            manual_clock_ms: self.manual_clock,
            no_mining: self.no_mining,
            executors: 0,
            allowed_origins: self.allow_origin.clone(),
        };
        let secrets = place::secrets();
        let mut compiling = Compiling::new(self.quiet || self.json);
        let node = Node::start(config, secrets, &mut |step| compiling.step(&step)).await?;
        let mut events = node.events();
        if let Some(path) = &self.config_out {
            write_config(path, &describe(&node))?;
        }
        if self.json {
            output::result(&json!({ "event": "ready", "network": describe(&node) }).to_string());
        } else if !self.quiet {
            banner(&node, self.data_dir.as_deref());
        }
        let mut stop = signals()?;
        loop {
            tokio::select! {
                () = stop.wait() => break,
                event = events.recv() => match event {
                    Ok(event) => self.tell(&node, event),
                    Err(RecvError::Lagged(missed)) => output::say(&format!("({missed} events were too fast to print)")),
                    Err(RecvError::Closed) => break,
                },
                () = tokio::time::sleep(END_POLL) => if node.has_ended() { break },
            }
        }
        let ended = node.has_ended();
        let (done, stopped) = oneshot::channel();
        std::thread::Builder::new()
            .name("stop".to_owned())
            .spawn(move || {
                // The receiver is gone only when a second signal came first.
                let _ = done.send(node.stop());
            })?;
        tokio::select! {
            outcome = stopped => outcome?.wrap_err("the chain stopped")?,
            () = stop.wait() => {
                output::say("stopped without waiting for the chain to end");
                return Ok(exit::FAILED);
            }
        }
        if ended {
            output::say("error: the chain thread ended unexpectedly");
            return Ok(exit::DEFECT);
        }
        Ok(exit::OK)
    }

    fn tell(&self, node: &Node, event: NodeEvent) {
        let (tx, name) = match event {
            NodeEvent::Decided { tx } => (tx, "decided"),
            NodeEvent::Finalized { tx } => (tx, "finalized"),
            NodeEvent::Created { .. } | NodeEvent::Status { .. } => return,
        };
        if self.quiet {
            return;
        }
        let Some(summary) = node.summary(tx) else {
            return;
        };
        if self.json {
            output::result(&json_line(name, &summary).to_string());
        } else if name == "decided" {
            output::result(&line(&summary, colours(&std::io::stdout())));
        }
    }
}

/// An origin as browsers write it: scheme, host and port, in lower case, without a path.
fn origin(text: &str) -> Result<String> {
    let origin = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    let authority = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    match authority {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', '*', ' ']) => {
            Ok(origin)
        }
        _ => Err(eyre!(
            "not an origin such as https://app.example or http://10.0.0.5:3000"
        )),
    }
}

/// What programs need to know of a network.
fn describe(node: &Node) -> Value {
    let accounts = node.accounts();
    let accounts = accounts
        .iter()
        .map(|(address, key)| json!({ "address": hex_address(*address), "private_key": key }));
    let validators = node.validators();
    let validators = validators.iter().map(
        |(address, provider)| json!({ "address": hex_address(*address), "provider": provider }),
    );
    json!({
        "rpc": node.listening().rpc_url(),
        "page": node.listening().page_url(),
        "chain_id": node.chain_id(),
        "image": hex_hash(node.image_hash()),
        "accounts": accounts.collect::<Vec<_>>(),
        "validators": validators.collect::<Vec<_>>(),
    })
}

/// Writes the file in one step, so that a reader never sees half of it.
fn write_config(path: &std::path::Path, value: &Value) -> Result<()> {
    let draft = path.with_extension("part");
    std::fs::write(&draft, format!("{value:#}\n"))
        .and_then(|()| std::fs::rename(&draft, path))
        .wrap_err_with(|| format!("write {}", path.display()))
}

/// At most 25 lines: where it is, who has money, who judges.
fn banner(node: &Node, data_dir: Option<&std::path::Path>) {
    let colours = colours(&std::io::stdout());
    let validators = node.validators();
    output::result(&format!(
        "Venire {} - a local network is running",
        env!("CARGO_PKG_VERSION")
    ));
    output::result("");
    output::result(&format!("  page        {}", node.listening().page_url()));
    output::result(&format!(
        "  JSON-RPC    {}  (chain id {})",
        node.listening().rpc_url(),
        node.chain_id()
    ));
    let kept = data_dir.map_or_else(
        || "in memory; --data-dir keeps it".to_owned(),
        |dir| dir.display().to_string(),
    );
    output::result(&format!("  chain       {kept}"));
    let mut providers: Vec<&String> = validators.iter().map(|(_, provider)| provider).collect();
    providers.sort();
    providers.dedup();
    let names = providers
        .iter()
        .map(|name| name.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    output::result(&format!(
        "  validators  {} judging with {names}",
        validators.len()
    ));
    output::result("");
    output::result("Funded accounts (known keys, for this network only)");
    for (address, key) in node.accounts().iter().take(5) {
        output::result(&format!(
            "  {}  {}",
            hex_address(*address),
            paint(key, GREY, colours)
        ));
    }
    output::result("");
    output::result("Ctrl-C stops it. Transactions follow.");
}

/// One line about a decided transaction.
fn line(summary: &Summary, colours: bool) -> String {
    let call = match (&summary.method, summary.kind) {
        (Some(method), _) => format!("{}.{method}", short(&hex_address(summary.contract))),
        (None, "deploy") => format!("deploy {}", short(&hex_address(summary.contract))),
        (None, kind) => format!("{kind} {}", short(&hex_address(summary.contract))),
    };
    let journey: Vec<&str> = summary.journey.iter().map(|status| status.name()).collect();
    let votes: String = summary.votes.iter().map(|vote| letter(*vote)).collect();
    let decided = summary
        .journey
        .last()
        .copied()
        .unwrap_or(Status::Uninitialized);
    let good = summary.success && matches!(decided, Status::Accepted | Status::Finalized);
    let (mark, colour) = if good { ("ok  ", GREEN) } else { ("fail", RED) };
    let mut out = format!(
        "{} {} {call}  {}  {votes}  {} ms",
        paint(mark, colour, colours),
        short(&hex_hash(summary.tx)),
        journey.join(" > "),
        summary.elapsed_ms,
    );
    if let Some(reason) = &summary.reason {
        out.push_str(&format!("  {}", paint(reason, RED, colours)));
    }
    out
}

fn json_line(event: &str, summary: &Summary) -> Value {
    json!({
        "event": event,
        "tx": hex_hash(summary.tx),
        "kind": summary.kind,
        "contract": hex_address(summary.contract),
        "method": summary.method,
        "journey": summary.journey.iter().map(|status| status.name()).collect::<Vec<_>>(),
        "votes": summary.votes.iter().map(|vote| letter(*vote).to_string()).collect::<Vec<_>>(),
        "elapsed_ms": summary.elapsed_ms,
        "success": summary.success,
        "reason": summary.reason,
    })
}

/// A vote as one letter: Agree, Disagree, Timeout, Violation, or a dash for silence.
const fn letter(vote: venire_types::vote::Vote) -> char {
    use venire_types::vote::Vote;
    match vote {
        Vote::NotVoted => '-',
        Vote::Agree => 'A',
        Vote::Disagree => 'D',
        Vote::Timeout => 'T',
        Vote::DeterministicViolation => 'V',
    }
}

fn short(hex: &str) -> String {
    match (
        hex.get(..8),
        hex.len().checked_sub(4).and_then(|at| hex.get(at..)),
    ) {
        (Some(head), Some(tail)) => format!("{head}..{tail}"),
        _ => hex.to_owned(),
    }
}

/// Stop signals of the process.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn signals() -> Result<Signals> {
    use tokio::signal::unix::{SignalKind, signal};
    Ok(Signals {
        interrupt: signal(SignalKind::interrupt())?,
        terminate: signal(SignalKind::terminate())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use venire_types::{Address, B256, vote::Vote};

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        assert_eq!(
            origin("HTTPS://App.example/").unwrap(),
            "https://app.example"
        );
        assert_eq!(
            origin("http://10.0.0.5:3000").unwrap(),
            "http://10.0.0.5:3000"
        );
        for text in [
            "app.example",
            "https://",
            "ftp://a",
            "https://a/b",
            "https://*.a",
            "null",
        ] {
            assert!(origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_line_says_what_happened_and_why() {
        let summary = Summary {
            tx: B256::repeat_byte(0xab),
            kind: "call",
            contract: Address::repeat_byte(1),
            method: Some("set_value".to_owned()),
            journey: vec![Status::Pending, Status::Proposing, Status::Accepted],
            votes: vec![Vote::Agree, Vote::Disagree, Vote::NotVoted],
            elapsed_ms: 12,
            success: false,
            reason: Some("the contract refused: boom".to_owned()),
        };
        assert_eq!(
            line(&summary, false),
            "fail 0xababab..abab 0x010101..0101.set_value  PENDING > PROPOSING > ACCEPTED  AD-  12 ms  the contract refused: boom"
        );
        assert!(line(&summary, true).contains("\u{1b}[31m"));
    }
}
