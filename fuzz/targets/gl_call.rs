//! Requests of the `gl_call` table, from any bytes and from bytes that are calldata.
#![no_main]

use libfuzzer_sys::fuzz_target;
use venire_fuzz::{CONTRACT, request, run, script};
use venire_types::calldata::{self, Value};
use venire_vm::Entry;

/// Names that the fuzzer need not find out.
const NAMES: [&str; 18] = [
    "CallContract",
    "Sandbox",
    "RunNondet",
    "PostMessage",
    "EmitInternalMessage",
    "DeployContract",
    "EmitInternalDeployMessage",
    "EthSend",
    "EmitExternalMessage",
    "EmitEvent",
    "EthCall",
    "WebRender",
    "WebRequest",
    "ExecPrompt",
    "ExecPromptTemplate",
    "Rollback",
    "Trace",
    "Return",
];

fuzz_target!(|bytes: &[u8]| {
    // A script of any operations, and a request of which only the fields are open.
    script(bytes);
    let [flags, name, fields @ ..] = bytes else {
        return;
    };
    let Ok(body) = calldata::decode(fields) else {
        return;
    };
    let name = NAMES[usize::from(*name) % NAMES.len()];
    let ask = calldata::encode(&Value::map([(name, body)]));
    let Ok(len) = u16::try_from(ask.len()) else {
        return;
    };
    let script = [&[0], len.to_le_bytes().as_slice(), &ask].concat();
    run(request(CONTRACT, Entry::Call(Value::bytes(script)), *flags));
});
