//! A machine with a stand-in for the guest, and a world that answers everything.
//!
//! # Invariants
//! - Whatever a script does, the run ends in one clear way: nothing is kept of a run that failed,
//!   fuel stays within its limit, and the same script gives the same execution again.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, OnceLock},
};
use venire_types::{
    Address, B256, U256,
    ask::{Answer, AskError, Question},
    calldata::Value,
    storage::{PAGE, StateView},
};
use venire_vm::{
    Config, Entry, Execution, Host, Image, Limits, Machine, Message, Permissions, Request, Role,
};

/// A contract that is only there to be called.
pub const CONTRACT: &[u8] = b"# { \"Depends\": \"py-genlayer:test\" }\n";

/// Limits so small that reaching them is quick.
const LIMITS: Limits = Limits {
    fuel: 30_000_000,
    memory: 8 << 20,
    depth: 3,
    nondet_blocks: 3,
    output: 1000,
    ..Limits::DEFAULT
};

/// The machine.
///
/// # Panics
/// When it cannot be opened.
pub fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let guest = wat::parse_str(include_str!("guest.wat")).expect("the stand-in");
        let cache = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/guest-cache");
        let config = Config {
            limits: LIMITS,
            concurrency: 2,
            ..Config::new(Image::Bytes(guest.into()), cache)
        };
        Machine::open(&config, &mut |_| ()).expect("a machine")
    })
}

/// Every address has code and a balance, every page something in it, every question an answer.
struct World;

impl Host for World {
    fn read_pages(
        &mut self,
        _: Address,
        _: StateView,
        slot: B256,
        first: u32,
        out: &mut [[u8; PAGE]],
    ) {
        for (number, page) in (first..).zip(out) {
            *page = [0; PAGE];
            let [.., low] = number.to_be_bytes();
            // Slots of small letters hold something.
            if slot[0] >= b'a' {
                page[0] = low % 7;
                page[8] = slot[0] % 3;
            }
        }
    }

    fn code(&mut self, contract: Address, _: StateView) -> Option<Arc<[u8]>> {
        (contract[0] < 0x80).then(|| CONTRACT.into())
    }

    fn balance(&mut self, address: Address, _: StateView) -> U256 {
        U256::from(address[0])
    }

    fn ask(&mut self, _: u32, index: u32, question: Question) -> Result<Answer, AskError> {
        match (question, index % 3) {
            (Question::Prompt { .. }, 0) => Ok(Answer::Text("yes".into())),
            (Question::Template(_), 0) => Ok(Answer::Bool(true)),
            (_, 1) => Err(AskError::Contract {
                causes: vec!["NO".into()],
                ctx: Value::Null,
            }),
            (_, 2) => Err(AskError::Unavailable {
                code: "DOWN".into(),
                message: "down".into(),
            }),
            _ => Ok(Answer::Image(vec![1, 2, 3])),
        }
    }
}

/// A request to run `code`; the bits of `flags` choose role, permissions and view.
pub fn request(code: &[u8], entry: Entry, flags: u8) -> Request {
    let bit = |number: u8| flags >> number & 1 == 1;
    let leader = Arc::new(BTreeMap::from([(0, vec![0, 0x10]), (1, vec![1, b'x'])]));
    let role = match flags & 3 {
        0 | 3 => Role::Leader,
        1 => Role::Validator { leader },
        _ => Role::Sync { leader },
    };
    Request {
        code: code.into(),
        message: Message {
            contract: Address::repeat_byte(1),
            sender: Address::repeat_byte(2),
            origin: Address::repeat_byte(2),
            value: U256::ZERO,
            chain_id: 61_999,
            time_ms: 1_732_603_362_424,
        },
        entry,
        view: if bit(2) {
            StateView::Finalized
        } else {
            StateView::Accepted
        },
        role,
        permissions: Permissions {
            write: !bit(3),
            send: !bit(4),
            nondet: !bit(5),
        },
        seed: [flags; 32],
    }
}

/// Runs a request twice and checks what holds of every execution.
///
/// # Panics
/// When it does not hold.
pub fn run(request: Request) -> Execution {
    let again = machine().run(request.clone(), Box::new(World));
    let execution = machine().run(request, Box::new(World));
    assert_eq!(execution, again);
    assert!(execution.fuel <= LIMITS.fuel, "{execution:?}");
    assert!(execution.stdout.len() <= 3 * LIMITS.output + 100);
    if !execution.outcome.is_success() {
        assert!(
            execution.delta.is_empty() && execution.emissions.is_empty(),
            "{execution:?}"
        );
    }
    let lost = execution.unavailable.as_deref().unwrap_or_default();
    assert!(!lost.contains("defect"), "{lost}");
    execution
}

/// Runs a script of the stand-in (see `guest.wat`); its first byte is the flags.
pub fn script(bytes: &[u8]) {
    if let Some((flags, script)) = bytes.split_first() {
        let entry = Entry::Call(Value::bytes(script));
        run(request(CONTRACT, entry, *flags));
    }
}
