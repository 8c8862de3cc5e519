//! `VenireImage`: pictures for the sandbox's Pillow, so that no codec runs inside of it.
//!
//! One map with `op`: `probe` and `decode` take `data`; `encode`, `resize` and `convert` take `mode`,
//! `width`, `height`, `pixels`. The answer is `{"ok": ..}` or `{"error": {"code", "message"}}`.
//!
//! # Invariants
//! - Allowed in every mode: the answer depends on the request only.

use super::{Caller, Failure, gl_call::Reply, request::Fields};
use crate::{
    meter,
    picture::{self, Filter, Format, Header, Mode, Picture, Problem, Target},
    stop::errno,
};
use venire_types::calldata::{self, Value};

const INVAL: Failure = Failure::Errno(errno::INVAL);
/// One walk of a decoder over one pixel.
const DECODE: u64 = 60;
/// Looking through one byte of a file; of WebP, where a byte may stand for a table.
const FILE_BYTE: u64 = 20;
const WEBP_BYTE: u64 = 600;
/// Writing one pixel.
const ENCODE: u64 = 250;
/// One multiplication of a resize.
const BLEND: u64 = 8;
/// Moving one pixel to other colours.
const CONVERT: u64 = 20;

/// What went wrong: in the picture, or in the request and the machine.
enum Wrong {
    Picture(Problem),
    Request(Failure),
}

impl From<Problem> for Wrong {
    fn from(problem: Problem) -> Self {
        Self::Picture(problem)
    }
}

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Self {
        Self::Request(failure)
    }
}

impl From<wasmtime::Error> for Wrong {
    fn from(error: wasmtime::Error) -> Self {
        Self::Request(error.into())
    }
}

/// `VenireImage`.
pub(super) fn call(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let op = fields.text("op")?;
    let made = match op.as_str() {
        "probe" => probe(&mut store, fields),
        "decode" => decode(&mut store, fields),
        "encode" => encode(&mut store, fields),
        "resize" => resize(&mut store, fields),
        "convert" => convert(&mut store, fields),
        _ => return Err(INVAL),
    };
    let reply = match made {
        Ok(value) => Value::map([("ok", value)]),
        Err(Wrong::Picture(problem)) => {
            let text = |text: &str| Value::Str(text.to_owned());
            let fields = [
                ("code", text(problem.code())),
                ("message", text(&problem.to_string())),
            ];
            Value::map([("error", Value::map(fields))])
        }
        Err(Wrong::Request(failure)) => return Err(failure),
    };
    let reply = calldata::encode(&reply);
    meter::charge(&mut store, meter::bytes(reply.len()))?;
    Ok(Some(reply))
}

fn number<T: TryFrom<u64>>(fields: &mut Fields, name: &str) -> Result<T, Failure> {
    let value = fields.value(name)?;
    let number = value
        .as_u256()
        .and_then(|number| u64::try_from(number).ok());
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or(INVAL)
}

fn mode(fields: &mut Fields, name: &str) -> Result<Mode, Failure> {
    Mode::of(&fields.text(name)?).ok_or(INVAL)
}

/// The picture in a request.
fn picture(fields: &mut Fields) -> Result<Picture, Wrong> {
    let mode = mode(fields, "mode")?;
    let width = number(fields, "width")?;
    let height = number(fields, "height")?;
    Ok(Picture::new(mode, width, height, fields.bytes("pixels")?)?)
}

fn pixels(width: u32, height: u32) -> u64 {
    u64::from(width).saturating_mul(u64::from(height))
}

fn described(header: &Header) -> [(&'static str, Value); 4] {
    [
        ("format", Value::Str(header.format.name().to_owned())),
        ("mode", Value::Str(header.mode.name().to_owned())),
        ("width", Value::from(header.width)),
        ("height", Value::from(header.height)),
    ]
}

/// A file and its header.
fn file(store: &mut Caller<'_>, mut fields: Fields) -> Result<(Vec<u8>, Header), Wrong> {
    let file = fields.bytes("data")?;
    fields.done()?;
    meter::charge(store, (file.len() as u64).saturating_mul(FILE_BYTE))?;
    let header = picture::probe(&file)?;
    Ok((file, header))
}

fn probe(store: &mut Caller<'_>, fields: Fields) -> Result<Value, Wrong> {
    Ok(Value::map(described(&file(store, fields)?.1)))
}

fn decode(store: &mut Caller<'_>, fields: Fields) -> Result<Value, Wrong> {
    let (file, header) = file(store, fields)?;
    if header.format == Format::Webp {
        meter::charge(store, (file.len() as u64).saturating_mul(WEBP_BYTE))?;
    }
    let work = pixels(header.width, header.height).saturating_mul(header.passes);
    meter::charge(store, work.saturating_mul(DECODE))?;
    let made = picture::decode(&file, &header)?;
    Ok(Value::map(
        described(&header)
            .into_iter()
            .chain([("pixels", Value::Bytes(made.pixels))]),
    ))
}

fn encode(store: &mut Caller<'_>, mut fields: Fields) -> Result<Value, Wrong> {
    let target = match fields.text("format")?.as_str() {
        "PNG" => Target::Png,
        "JPEG" => Target::Jpeg(number(&mut fields, "quality")?),
        _ => return Err(INVAL.into()),
    };
    let made = picture(&mut fields)?;
    fields.done()?;
    let work = pixels(made.width, made.height);
    meter::charge(store, work.saturating_mul(ENCODE))?;
    Ok(Value::Bytes(picture::encode(&made, target)?))
}

fn resize(store: &mut Caller<'_>, mut fields: Fields) -> Result<Value, Wrong> {
    let (width, height) = (
        number(&mut fields, "to_width")?,
        number(&mut fields, "to_height")?,
    );
    let filter = Filter::of(number(&mut fields, "filter")?).ok_or(INVAL)?;
    let old = picture(&mut fields)?;
    fields.done()?;
    let from = (old.width, old.height);
    picture::pixels_of(width, height)?;
    let work = picture::effort(from, (width, height), old.mode.channels(), filter);
    meter::charge(store, work.saturating_mul(BLEND))?;
    Ok(Value::Bytes(
        picture::resize(old, width, height, filter)?.pixels,
    ))
}

fn convert(store: &mut Caller<'_>, mut fields: Fields) -> Result<Value, Wrong> {
    let to = mode(&mut fields, "to")?;
    let old = picture(&mut fields)?;
    fields.done()?;
    meter::charge(store, pixels(old.width, old.height).saturating_mul(CONVERT))?;
    Ok(Value::Bytes(picture::convert(&old, to).pixels))
}
