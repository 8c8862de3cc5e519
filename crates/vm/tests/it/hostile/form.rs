//! The form of a file of hostile contracts: what each is, and the one way in which it must end.

use serde::Deserialize;

/// First line of a contract.
const HEADER: &str = "# { \"Depends\": \"py-genlayer:test\" }\n";

/// The contracts of one theme.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Theme {
    pub(crate) about: String,
    /// Module code before the class of every `body`.
    #[serde(default)]
    prelude: String,
    pub(crate) case: Vec<Hostile>,
}

/// One contract; its method `run` is called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hostile {
    pub(crate) name: String,
    /// Statements of the method.
    body: Option<String>,
    /// Or the whole file.
    code: Option<String>,
    /// What stands behind the whole file, and how often.
    repeat: Option<(String, usize)>,
    /// Returned calldata as text.
    pub(crate) returns: Option<String>,
    pub(crate) user_error: Option<String>,
    pub(crate) vm_error: Option<String>,
    /// It breaks the interpreter; how that shows depends on where things lie in memory.
    #[serde(default)]
    pub(crate) breaks: bool,
    /// Part of `KIND: MESSAGE` of the fault.
    #[serde(default)]
    pub(crate) fault: String,
    /// A successful run that may leave writes and messages.
    #[serde(default)]
    pub(crate) writes: bool,
}

impl Theme {
    /// Bytes of the contract of `case`.
    pub(crate) fn source(&self, case: &Hostile) -> Vec<u8> {
        match (&case.body, &case.code) {
            (Some(body), None) => with_body(&self.prelude, body.trim_matches('\n')).into_bytes(),
            (None, Some(code)) => {
                let code = code.strip_prefix('\n').unwrap_or(code);
                let (text, times) = case.repeat.clone().unwrap_or_default();
                [code, &text.repeat(times)].concat().into_bytes()
            }
            _ => panic!("{}: a body or a code", case.name),
        }
    }
}

/// A contract whose one method has `body`, after the module code `prelude`.
pub(crate) fn with_body(prelude: &str, body: &str) -> String {
    let body = body.replace('\n', "\n        ");
    let prelude = prelude.trim_matches('\n');
    format!(
        "{HEADER}from genlayer import *\n{prelude}\n\n\nclass C(gl.Contract):\n    text: str\n\n    \
         def __init__(self):\n        pass\n\n    @gl.public.write\n    def run(self):\n        {body}\n"
    )
}
