//! Carries out the actions of a header: which files are modules, which variables are set.

use super::{
    Files, Generation, Module, Package, PackageError,
    action::Action,
    archive,
    error::{Kind, not_text},
    header::Header,
    runner::{self, Runner},
    style,
};
use crate::session::Mode;
use std::collections::{BTreeMap, BTreeSet};

/// Where Python looks for modules, longest first.
const ROOTS: [&str; 3] = ["/py/libs/", "/py/std/", "/"];
/// Path under which the environment is handed over: `NAME=value` and a NUL each.
const ENVIRONMENT: &str = "/proc/self/environ";

/// Bytes of all variables together, counted when they are set.
const MOST_ENV: usize = 1 << 20;
/// Bytes of all mapped files together, counted when they are mapped; their paths count, too.
const MOST_MAPPED: usize = 16 << 20;

/// Makes the package of a header and the contract's own files.
pub(super) fn make(header: &Header, own: Files, mode: Mode) -> Result<Package, PackageError> {
    let mut plan = Plan {
        header,
        own,
        mapped: Files::new(),
        mapped_bytes: 0,
        env_bytes: 0,
        env: BTreeMap::new(),
        seen: BTreeSet::new(),
        notes: Vec::new(),
        started: None,
        mode,
        has_modes: false,
    };
    let codes = header.version.codes();
    let ready = Action::read(&header.action)
        .and_then(|action| plan.run(&action, true))
        .and_then(|()| plan.finish());
    ready.map_err(|error| {
        let place = if error.is_of_version() {
            header.version_place
        } else {
            &header.place
        };
        error.at(place).of(codes)
    })
}

struct Plan<'a> {
    header: &'a Header,
    own: Files,
    /// Absolute path to bytes.
    mapped: Files,
    mapped_bytes: usize,
    env_bytes: usize,
    env: BTreeMap<String, String>,
    /// Runners that ran: each runs once.
    seen: BTreeSet<String>,
    notes: Vec<String>,
    /// The Python runner, once it was reached.
    started: Option<Started>,
    mode: Mode,
    /// A `When` was met.
    has_modes: bool,
}

/// The Python runner that ends the actions.
struct Started {
    /// None where the source has to tell.
    generation: Option<Generation>,
    /// The archive has a `contract/` package.
    multi: bool,
    /// Its id, where that is none that other networks accept.
    floating: Option<String>,
}

impl Plan<'_> {
    /// Carries out `action`; `own` says whether the contract's archive is the current one.
    fn run(&mut self, action: &Action, own: bool) -> Result<(), PackageError> {
        if self.started.is_some() {
            return Ok(());
        }
        match action {
            Action::Seq(actions) => actions.iter().try_for_each(|action| self.run(action, own)),
            Action::AddEnv { name, value } => {
                let value = expand(value, &self.env)?;
                self.env_bytes += name.len() + value.len();
                if self.env_bytes > MOST_ENV {
                    return Err(too_much_env());
                }
                self.env.insert(name.clone(), value);
                Ok(())
            }
            Action::MapFile { file, to } if own => {
                let mapped = map(&self.own, file, to)?;
                for (path, bytes) in &mapped {
                    self.mapped_bytes += path.len() + bytes.len();
                }
                if self.mapped_bytes > MOST_MAPPED {
                    return Err(PackageError::malformed(format!(
                        "MapFile: more than {MOST_MAPPED} bytes are mapped"
                    )));
                }
                self.mapped.extend(mapped);
                Ok(())
            }
            // Files of the stock runners are in the image.
            Action::MapFile { .. } | Action::SetArgs => Ok(()),
            Action::Depends(id) => self.depend(id),
            Action::When { det, action } => {
                self.has_modes = true;
                if *det == (self.mode == Mode::Det) {
                    self.run(action, own)
                } else {
                    Ok(())
                }
            }
            Action::With { runner, action } => {
                let runner = runner::find(runner, self.header.version)?;
                self.run(action, runner == Runner::Own)
            }
            Action::Wasm => Err(PackageError::malformed(
                "parts in WebAssembly (LinkWasm, StartWasm) are not supported; use py-genlayer",
            )),
        }
    }

    fn depend(&mut self, id: &str) -> Result<(), PackageError> {
        match runner::find(id, self.header.version)? {
            Runner::Own => Err(PackageError::malformed(
                "a contract cannot depend on itself",
            )),
            Runner::Companion => {
                self.seen.insert(id.to_owned());
                Ok(())
            }
            Runner::Python {
                generation,
                multi,
                floating,
            } => {
                self.started = Some(Started {
                    generation,
                    multi,
                    floating: floating.then(|| id.to_owned()),
                });
                Ok(())
            }
        }
    }

    /// What the Python runner maps, and the package of it all.
    fn finish(mut self) -> Result<Package, PackageError> {
        let Some(started) = self.started.take() else {
            return Err(PackageError::malformed(
                "the runner names no py-genlayer, so that nothing would start",
            ));
        };
        let single =
            (!started.multi).then(|| self.own.get("file").or_else(|| self.own.get("contract.py")));
        if let Some(source) = single.flatten() {
            let path = "/contract.py".to_owned();
            self.mapped.entry(path).or_insert_with(|| source.clone());
        } else {
            for (path, bytes) in &self.own {
                if path.starts_with("contract/") {
                    let path = format!("/{path}");
                    self.mapped.entry(path).or_insert_with(|| bytes.clone());
                }
            }
        }
        let mut modules = Vec::new();
        let mut files = Files::new();
        for (path, bytes) in std::mem::take(&mut self.mapped) {
            match module_name(&path) {
                Some((name, is_package)) => modules.push(Module {
                    name,
                    is_package,
                    source: bytes,
                }),
                None => {
                    files.insert(path, bytes);
                }
            }
        }
        modules
            .sort_by(|a, b| (a.name != "contract", &a.name).cmp(&(b.name != "contract", &b.name)));
        if modules.first().is_none_or(|first| first.name != "contract") {
            return Err(self.no_contract(&files));
        }
        for module in &modules {
            if std::str::from_utf8(&module.source).is_err() {
                return Err(not_text(&module.source));
            }
        }
        if !self.env.is_empty() {
            let lines = self
                .env
                .iter()
                .map(|(name, value)| format!("{name}={value}\0"));
            files.insert(
                ENVIRONMENT.to_owned(),
                lines.collect::<String>().into_bytes(),
            );
        }
        let generation = started.generation.unwrap_or_else(|| {
            let main = modules.first().map(|main| main.source.as_slice());
            style::generation(&String::from_utf8_lossy(main.unwrap_or_default()))
        });
        if let Some(id) = &started.floating {
            self.notes
                .push(runner::floats(id, generation, started.multi));
        }
        Ok(Package {
            generation,
            modules,
            files,
            notes: self.notes,
            has_modes: self.has_modes,
        })
    }

    fn no_contract(&self, files: &Files) -> PackageError {
        if files.keys().any(|path| path.ends_with(".pyc")) {
            return PackageError::archive(
                "it has compiled Python (.pyc), which only one build of Python can read; put the \
                 source in",
            );
        }
        archive::no_contract(&self.own)
    }
}

/// One file of `own`, or a folder when `file` ends in `/`, by the paths at which it is shown.
pub(crate) fn map(own: &Files, file: &str, to: &str) -> Result<Files, PackageError> {
    let to = absolute(to)?;
    if !file.ends_with('/') && !file.is_empty() {
        let bytes = own.get(file).ok_or_else(|| missing(file))?;
        return Ok(Files::from([(to, bytes.clone())]));
    }
    let folder = if file == "/" { "" } else { file };
    let to = to.trim_end_matches('/');
    let mapped: Files = own
        .range(folder.to_owned()..)
        .map_while(|(path, bytes)| {
            let rest = path.strip_prefix(folder)?;
            Some((format!("{to}/{rest}"), bytes.clone()))
        })
        .collect();
    if mapped.is_empty() {
        return Err(missing(file));
    }
    Ok(mapped)
}

fn missing(file: &str) -> PackageError {
    PackageError::new(
        Kind::Malformed,
        format!("MapFile: there is no `{file}` in the archive"),
    )
}

/// A clean absolute path outside of what belongs to the machine.
fn absolute(path: &str) -> Result<String, PackageError> {
    let rest = path.strip_prefix('/').unwrap_or(path);
    let rest_is_clean = rest
        .trim_end_matches('/')
        .split('/')
        .all(|part| !matches!(part, "." | ".."));
    if !rest_is_clean || rest.starts_with("vm/") || rest.starts_with("proc/") {
        let problem = format!("MapFile: `{path}` is not a place for files of a contract");
        return Err(PackageError::malformed(problem));
    }
    Ok(format!("/{rest}"))
}

/// `/contract/a/__init__.py` is the package `contract.a`, `/py/libs/b.py` the module `b`; other
/// files are not modules.
fn module_name(path: &str) -> Option<(String, bool)> {
    let relative = ROOTS.iter().find_map(|root| path.strip_prefix(root))?;
    let stem = relative.strip_suffix(".py")?;
    let (stem, is_package) = match stem.strip_suffix("/__init__") {
        Some(package) => (package, true),
        None => (stem, false),
    };
    let is_identifier = |part: &str| {
        !part.is_empty()
            && !part.starts_with(|first: char| first.is_ascii_digit())
            && part
                .chars()
                .all(|letter| letter == '_' || letter.is_alphanumeric())
    };
    stem.split('/')
        .all(is_identifier)
        .then(|| (stem.replace('/', "."), is_package))
}

fn too_much_env() -> PackageError {
    PackageError::malformed(format!("AddEnv: more than {MOST_ENV} bytes of variables"))
}

/// Replaces `${NAME}` and `${ENV[NAME]}` by what is set so far.
fn expand(value: &str, env: &BTreeMap<String, String>) -> Result<String, PackageError> {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            return Err(PackageError::malformed(
                "a `${` of AddEnv is not closed by `}`",
            ));
        };
        let name = name
            .strip_prefix("ENV[")
            .and_then(|name| name.strip_suffix(']'))
            .unwrap_or(name);
        let known = env.get(name).ok_or_else(|| {
            PackageError::malformed(format!("AddEnv uses `{name}`, which is not set before"))
        })?;
        out.push_str(known);
        if out.len() > MOST_ENV {
            return Err(too_much_env());
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}
