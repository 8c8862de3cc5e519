//! Progress of the one slow step: compiling the guest, once a machine.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;
use venire_node::shell::Progress;

/// Shows a spinner on stderr while the guest is compiled.
#[derive(Default)]
pub(crate) struct Compiling {
    bar: Option<ProgressBar>,
    quiet: bool,
}

impl Compiling {
    /// `quiet` shows nothing.
    pub(crate) fn new(quiet: bool) -> Self {
        Self { bar: None, quiet }
    }

    /// Takes a step.
    pub(crate) fn step(&mut self, progress: &Progress) {
        match progress {
            Progress::Compiling if !self.quiet => {
                let bar = ProgressBar::new_spinner();
                if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                    bar.set_style(style);
                }
                bar.set_message(
                    "compiling the contract sandbox, once for this machine (about 20 s)",
                );
                bar.enable_steady_tick(Duration::from_millis(200));
                if bar.is_hidden() {
                    crate::output::say(
                        "compiling the contract sandbox, once for this machine (about 20 s)",
                    );
                }
                self.bar = Some(bar);
            }
            _ => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
            }
        }
    }
}
