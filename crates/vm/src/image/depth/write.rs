//! Writes a component with the calls of its modules counted.
//!
//! # Invariants
//! - All else stays byte for byte; no index moves, since the new global is the last.

use super::{DepthError, LIMIT, read::Module};
use wasmparser::{Parser, Payload, ValType};

/// Instructions and sections by their bytes.
mod op {
    pub(super) const BLOCK: u8 = 0x02;
    pub(super) const IF: u8 = 0x04;
    pub(super) const END: u8 = 0x0b;
    pub(super) const BR: u8 = 0x0c;
    pub(super) const UNREACHABLE: u8 = 0x00;
    pub(super) const GLOBAL_GET: u8 = 0x23;
    pub(super) const GLOBAL_SET: u8 = 0x24;
    pub(super) const I32_CONST: u8 = 0x41;
    pub(super) const I32_LT_U: u8 = 0x49;
    pub(super) const I32_ADD: u8 = 0x6a;
    pub(super) const I32_SUB: u8 = 0x6b;
    pub(super) const F32_CONST: u8 = 0x43;
    pub(super) const I32_TRUNC_F32_S: u8 = 0xa8;
    pub(super) const EMPTY: u8 = 0x40;
    pub(super) const I32: u8 = 0x7f;
    pub(super) const MUTABLE: u8 = 1;
}
/// Ids of sections.
const CORE_MODULE: u8 = 1;
const GLOBALS: u8 = 6;
const CODE: u8 = 10;
/// Sections that come before the globals.
const BEFORE_GLOBALS: [u8; 7] = [0, 1, 2, 3, 4, 5, 13];
/// Bytes before the first section.
const PREAMBLE: usize = 8;

/// `component` with the functions of its `modules` taking their `costs`.
pub(super) fn component(
    component: &[u8],
    modules: &[Module],
    costs: &[Vec<Option<u32>>],
) -> Result<Vec<u8>, DepthError> {
    let mut out = Vec::with_capacity(component.len() + component.len() / 16);
    let mut copied = 0;
    for (module, costs) in modules.iter().zip(costs) {
        if costs.iter().all(Option::is_none) {
            continue;
        }
        let bytes = part(component, module.range.clone())?;
        let head = 1 + leb(bytes.len()).len();
        let start = module
            .range
            .start
            .checked_sub(head)
            .filter(|start| {
                component.get(*start) == Some(&CORE_MODULE)
                    && component.get(start + 1..module.range.start) == Some(&leb(bytes.len()))
            })
            .ok_or(DepthError::Unsupported("an odd section"))?;
        out.extend_from_slice(part(component, copied..start)?);
        section(&mut out, CORE_MODULE, &counted(component, module, costs)?);
        copied = module.range.end;
    }
    out.extend_from_slice(part(component, copied..component.len())?);
    Ok(out)
}

fn counted(
    component: &[u8],
    module: &Module,
    costs: &[Option<u32>],
) -> Result<Vec<u8>, DepthError> {
    let bytes = part(component, module.range.clone())?;
    let mut out = bytes.get(..PREAMBLE).unwrap_or_default().to_vec();
    let mut has_global = false;
    for payload in Parser::new(module.range.start as u64).parse_all(bytes) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let content = part(component, range)?;
        if !has_global && !BEFORE_GLOBALS.contains(&id) {
            has_global = true;
            let (count, others) = match &payload {
                Payload::GlobalSection(own) => {
                    let first = leb(own.count() as usize).len();
                    (own.count(), content.get(first..).unwrap_or_default())
                }
                _ => (0, &[][..]),
            };
            section(&mut out, GLOBALS, &globals(count, others));
        }
        match id {
            GLOBALS => {}
            CODE => section(&mut out, CODE, &code(component, module, costs)?),
            other => section(&mut out, other, content),
        }
    }
    Ok(out)
}

/// The globals and one more.
fn globals(count: u32, others: &[u8]) -> Vec<u8> {
    let mut out = leb(count as usize + 1);
    out.extend_from_slice(others);
    out.extend_from_slice(&[op::I32, op::MUTABLE]);
    constant(&mut out, LIMIT);
    out.push(op::END);
    out
}

fn code(component: &[u8], module: &Module, costs: &[Option<u32>]) -> Result<Vec<u8>, DepthError> {
    let mut out = leb(module.functions.len());
    for (function, cost) in module.functions.iter().zip(costs) {
        let mut body = Vec::with_capacity(function.body.len() + 64);
        if let Some(cost) = *cost {
            body.extend_from_slice(part(component, function.body.start..function.code)?);
            take(&mut body, module.globals, cost);
            body.extend_from_slice(&[op::BLOCK, result(function.result)?]);
            let mut copied = function.code;
            for (at, nested) in &function.returns {
                body.extend_from_slice(part(component, copied..*at)?);
                body.push(op::BR);
                body.extend(leb(*nested as usize));
                copied = at + 1;
            }
            // The end of the function becomes the end of the block.
            body.extend_from_slice(part(component, copied..function.body.end)?);
            give(&mut body, module.globals, cost);
            body.push(op::END);
        } else {
            body.extend_from_slice(part(component, function.body.clone())?);
        }
        out.extend(leb(body.len()));
        out.append(&mut body);
    }
    Ok(out)
}

/// Stops when less than `cost` is left, or else takes it.
fn take(out: &mut Vec<u8>, global: u32, cost: u32) {
    get(out, global);
    constant(out, cost);
    out.extend_from_slice(&[op::I32_LT_U, op::IF, op::EMPTY, op::F32_CONST]);
    out.extend_from_slice(&f32::NAN.to_le_bytes());
    out.extend_from_slice(&[op::I32_TRUNC_F32_S, op::UNREACHABLE, op::END]);
    get(out, global);
    constant(out, cost);
    out.extend_from_slice(&[op::I32_SUB, op::GLOBAL_SET]);
    out.extend(leb(global as usize));
}

fn give(out: &mut Vec<u8>, global: u32, cost: u32) {
    get(out, global);
    constant(out, cost);
    out.extend_from_slice(&[op::I32_ADD, op::GLOBAL_SET]);
    out.extend(leb(global as usize));
}

fn get(out: &mut Vec<u8>, global: u32) {
    out.push(op::GLOBAL_GET);
    out.extend(leb(global as usize));
}

/// `i32.const`, of which the operand is signed.
fn constant(out: &mut Vec<u8>, value: u32) {
    out.push(op::I32_CONST);
    let mut rest = value;
    loop {
        let byte = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 && byte & 0x40 == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

fn result(result: Option<ValType>) -> Result<u8, DepthError> {
    match result {
        None => Ok(op::EMPTY),
        Some(ValType::I32) => Ok(op::I32),
        Some(ValType::I64) => Ok(0x7e),
        Some(ValType::F32) => Ok(0x7d),
        Some(ValType::F64) => Ok(0x7c),
        Some(ValType::V128 | ValType::Ref(_)) => {
            Err(DepthError::Unsupported("functions that return no number"))
        }
    }
}

fn section(out: &mut Vec<u8>, id: u8, content: &[u8]) {
    out.push(id);
    out.extend(leb(content.len()));
    out.extend_from_slice(content);
}

/// An unsigned number in groups of seven bits.
fn leb(number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = number;
    loop {
        let byte = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

fn part(bytes: &[u8], range: std::ops::Range<usize>) -> Result<&[u8], DepthError> {
    bytes
        .get(range)
        .ok_or(DepthError::Unsupported("sections out of order"))
}
