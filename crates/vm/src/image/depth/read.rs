//! Finds the functions of a component, and whom they call.

use super::{DepthError, frame};
use std::ops::Range;
use wasmparser::{ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef, ValType};

/// A core module of a component.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Where its bytes are, without the head of its section.
    pub(super) range: Range<usize>,
    /// Names of imported functions.
    pub(super) imports: Vec<String>,
    /// Exported functions: name and index.
    pub(super) exports: Vec<(String, u32)>,
    /// Globals, imported and own.
    pub(super) globals: u32,
    /// Functions with a body; their indices follow those of the imported ones.
    pub(super) functions: Vec<Function>,
    types: Vec<Type>,
    /// Type of each own function.
    declared: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Type {
    params: u32,
    results: usize,
    result: Option<ValType>,
}

/// A function with a body.
#[derive(Debug)]
pub(super) struct Function {
    /// What it returns.
    pub(super) result: Option<ValType>,
    /// The body: variables, then instructions.
    pub(super) body: Range<usize>,
    /// Where the instructions begin.
    pub(super) code: usize,
    /// Instructions `return`, and how many blocks each is in.
    pub(super) returns: Vec<(usize, u32)>,
    /// Functions it calls, by index.
    pub(super) calls: Vec<u32>,
    /// It calls functions through a table: any.
    pub(super) indirect: bool,
    /// Bytes of stack it takes.
    pub(super) frame: u32,
}

/// The modules of `component` in order.
pub(super) fn modules(component: &[u8]) -> Result<Vec<Module>, DepthError> {
    let mut modules = Vec::new();
    let mut inner: Vec<Range<usize>> = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ComponentSection {
                unchecked_range, ..
            } => inner.push(unchecked_range),
            Payload::ModuleSection {
                unchecked_range, ..
            } => {
                if inner.iter().any(|of| of.contains(&unchecked_range.start)) {
                    return Err(DepthError::Unsupported("modules in inner components"));
                }
                modules.push(Module::read(component, unchecked_range)?);
            }
            _ => {}
        }
    }
    Ok(modules)
}

impl Module {
    fn read(component: &[u8], range: Range<usize>) -> Result<Self, DepthError> {
        let bytes = component.get(range.clone()).unwrap_or_default();
        let mut module = Self {
            range: range.clone(),
            ..Self::default()
        };
        for payload in Parser::new(range.start as u64).parse_all(bytes) {
            module.section(payload?)?;
        }
        Ok(module)
    }

    fn section(&mut self, payload: Payload<'_>) -> Result<(), DepthError> {
        match payload {
            Payload::TypeSection(types) => {
                for kind in types.into_iter_err_on_gc_types() {
                    let kind = kind?;
                    self.types.push(Type {
                        params: u32::try_from(kind.params().len()).unwrap_or(u32::MAX),
                        results: kind.results().len(),
                        result: kind.results().first().copied(),
                    });
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    match import.ty {
                        TypeRef::Func(_) | TypeRef::FuncExact(_) => {
                            self.imports.push(import.name.to_owned());
                        }
                        TypeRef::Global(_) => self.globals += 1,
                        TypeRef::Table(_) | TypeRef::Memory(_) | TypeRef::Tag(_) => {}
                    }
                }
            }
            Payload::FunctionSection(functions) => {
                self.declared = functions.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::GlobalSection(globals) => self.globals += globals.count(),
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
                        self.exports.push((export.name.to_owned(), export.index));
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let function = self.function(&body)?;
                self.functions.push(function);
            }
            _ => {}
        }
        Ok(())
    }

    fn function(&self, body: &FunctionBody<'_>) -> Result<Function, DepthError> {
        let kind = self
            .declared
            .get(self.functions.len())
            .and_then(|kind| self.types.get(*kind as usize))
            .ok_or(DepthError::Unsupported("a function without a type"))?;
        if kind.results > 1 {
            return Err(DepthError::Unsupported("functions with several results"));
        }
        let mut slots = kind.params;
        for local in body.get_locals_reader()? {
            slots = slots.saturating_add(local?.0);
        }
        let operators = body.get_operators_reader()?;
        let mut function = Function {
            result: kind.result,
            body: body.range(),
            code: operators.original_position(),
            returns: Vec::new(),
            calls: Vec::new(),
            indirect: false,
            frame: frame(slots),
        };
        let mut nested = 0_u32;
        for operator in operators.into_iter_with_offsets() {
            let (operator, offset) = operator?;
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => nested += 1,
                Operator::End => nested = nested.saturating_sub(1),
                Operator::Return => function.returns.push((offset, nested)),
                Operator::Call { function_index } => function.calls.push(function_index),
                Operator::CallIndirect { .. } => function.indirect = true,
                other => allowed(&other)?,
            }
        }
        function.calls.sort_unstable();
        function.calls.dedup();
        Ok(function)
    }
}

/// Nothing that leaves a function in another way than returning, and nothing that traps as
/// [`super::TRAP`] does.
fn allowed(operator: &Operator<'_>) -> Result<(), DepthError> {
    match operator {
        Operator::ReturnCall { .. }
        | Operator::ReturnCallIndirect { .. }
        | Operator::ReturnCallRef { .. }
        | Operator::CallRef { .. } => Err(DepthError::Unsupported("tail calls or references")),
        Operator::Try { .. }
        | Operator::TryTable { .. }
        | Operator::Throw { .. }
        | Operator::ThrowRef => Err(DepthError::Unsupported("exceptions")),
        Operator::I32TruncF32S
        | Operator::I32TruncF32U
        | Operator::I32TruncF64S
        | Operator::I32TruncF64U
        | Operator::I64TruncF32S
        | Operator::I64TruncF32U
        | Operator::I64TruncF64S
        | Operator::I64TruncF64U => Err(DepthError::Unsupported("conversions that trap")),
        _ => Ok(()),
    }
}
