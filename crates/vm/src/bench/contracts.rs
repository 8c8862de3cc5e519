//! Contracts that are measured.

use std::fmt::Write;

/// One counter, one map; the smallest contract that does something.
pub(super) const SMALL: &str = r#"# { "Depends": "py-genlayer:test" }
from genlayer import *


class Contract(gl.Contract):
    counter: u256
    notes: TreeMap[str, str]

    def __init__(self):
        self.counter = 1

    @gl.public.write
    def write(self, text: str) -> int:
        self.counter += 1
        self.notes["last"] = text
        return self.counter

    @gl.public.view
    def view(self) -> int:
        return self.counter

    @gl.public.view
    def subvm(self) -> int:
        return gl.get_contract_at(self.address).view().view()
"#;

/// Ten thousand entries of a map, written and read in one call each.
pub(super) const MAP: &str = r#"# { "Depends": "py-genlayer:test" }
from genlayer import *


class Contract(gl.Contract):
    by_name: TreeMap[str, u256]
    by_address: TreeMap[Address, u256]

    def __init__(self):
        pass

    @gl.public.write
    def put(self, n: int) -> int:
        for i in range(n):
            self.by_name[f"key-{i * 7919 % n}"] = u256(i)
        return len(self.by_name)

    @gl.public.view
    def get(self, n: int) -> int:
        total = 0
        for i in range(n):
            total += self.by_name[f"key-{i * 7919 % n}"]
        return total

    @gl.public.write
    def put_addresses(self, n: int) -> int:
        for i in range(n):
            self.by_address[Address((i * 7919 % n).to_bytes(20, "big"))] = u256(i)
        return len(self.by_address)

    @gl.public.view
    def walk(self) -> int:
        return sum(value for _, value in self.by_name.items())
"#;

/// Lines of a group of [`big`].
const GROUP: usize = 23;

/// A contract of about `lines` lines: functions with branches and text, one class each, a
/// dataclass if asked for.
pub(super) fn big(lines: usize, dataclasses: bool) -> String {
    let mut code = String::from(
        "# { \"Depends\": \"py-genlayer:test\" }\nfrom genlayer import *\n\
         from dataclasses import dataclass\nimport json\nimport typing\n\n\n",
    );
    let decorator = if dataclasses { "@dataclass\n" } else { "" };
    for i in 0..lines.saturating_sub(20) / GROUP {
        // Writing to a string does not fail.
        let _ = write!(
            code,
            r#"{decorator}class Record{i}:
    name: str
    amount: int
    tags: typing.Any

    def label(self) -> str:
        return f"{{self.name}}-{{self.amount}}-{i}"


def work_{i}(values: list, limit: int = {i}) -> dict:
    """Sums what is above the limit."""
    total = 0
    names = []
    for position, value in enumerate(values):
        if value > limit and position % 2 == 0:
            total += value * {i}
            names.append(f"value {{value}} at {{position}}")
        elif value < 0:
            raise ValueError("negative value " + str(value))
    return {{"total": total, "names": names, "text": json.dumps(names)}}


"#
        );
    }
    code.push_str(
        r#"class Contract(gl.Contract):
    counter: u256

    def __init__(self):
        self.counter = 1

    @gl.public.write
    def write(self, text: str) -> int:
        self.counter += len(work_0([1, 2, 3])["names"])
        return self.counter
"#,
    );
    code
}
