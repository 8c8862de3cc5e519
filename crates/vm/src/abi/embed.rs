//! `VenireEmbed` and `VenireVectors`: sentence vectors, and the search in a `VecDB`.
//!
//! # Invariants
//! - Allowed in every mode: answers depend on the request and on storage only.
//! - A node without the model never answers: the execution is unavailable.

use super::{Caller, Failure, gl_call::Reply, request::Fields, storage};
use crate::{
    embed::{
        MAX_TOKENS, MODEL, Missing,
        nearest::{self, Metric, Nearest, Query},
    },
    meter,
    stop::{Stop, errno},
};
use std::sync::Arc;
use venire_types::calldata::{self, Value};

const INVAL: Failure = Failure::Errno(errno::INVAL);

/// Cleaning one byte of text, and cutting it into words.
const TEXT_BYTE: u64 = 500;
/// Finding one piece in the vocabulary.
const PIECE: u64 = 1_500;
/// What each token costs by itself: 1.0 ms without wide registers.
const TOKEN: u64 = 5_000_000;
/// What each token costs for each other one.
const PAIR: u64 = 10_000;
/// Comparing one component of a sketch, of a vector.
const SKETCHED: u64 = 5;
const COMPONENT: u64 = 25;
/// Most components of a vector.
const MAX_WIDTH: usize = 4096;
/// Sketches read at once.
const RUN: u32 = 1024;

impl From<Missing> for Failure {
    fn from(missing: Missing) -> Self {
        Stop::Unavailable(missing.to_string()).into()
    }
}

/// Price of the vector of a text of `tokens`.
fn price(tokens: usize) -> u64 {
    let tokens = tokens as u64;
    tokens * (TOKEN + tokens * PAIR)
}

/// `VenireEmbed`: `{model, text}` gives little-endian `f32`; with `tokens` the numbers of its pieces.
pub(super) fn embed(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let model = fields.text("model")?;
    let text = fields.text("text")?;
    let only_tokens = fields.flag("tokens")?;
    fields.done()?;
    if model != MODEL {
        return Err(INVAL);
    }
    let length = text.len() as u64;
    meter::charge(&mut store, length.saturating_mul(TEXT_BYTE))?;
    let core = Arc::clone(&store.data_mut().run()?.session.core);
    // No more pieces are looked for than are read, or paid for.
    let most = if only_tokens {
        usize::try_from(store.get_fuel()? / PIECE).map_or(usize::MAX, |paid| paid.saturating_add(2))
    } else {
        MAX_TOKENS
    };
    let tokens = core.embedder.tokens(&text, most)?;
    meter::charge(&mut store, (tokens.len() as u64).saturating_mul(PIECE))?;
    if only_tokens {
        let tokens = tokens
            .into_iter()
            .map(|token| Value::from(u32::from(token)));
        return Ok(Some(calldata::encode(&Value::Array(tokens.collect()))));
    }
    meter::charge(&mut store, price(tokens.len()))?;
    let vector = core.embedder.vector(&tokens)?;
    Ok(Some(vector.iter().flat_map(|x| x.to_le_bytes()).collect()))
}

/// The vectors of one `VecDB`.
struct Place {
    /// Slot of the vectors.
    keys: Vec<u8>,
    /// Slot of their sketches.
    index: Vec<u8>,
    /// Components of a vector.
    width: usize,
    metric: Metric,
}

impl Place {
    fn take(fields: &mut Fields) -> Result<Self, Failure> {
        let (keys, index) = (fields.bytes("keys")?, fields.bytes("index")?);
        let width = number(fields, "width")? as usize;
        let metric = match fields.text("metric")?.as_str() {
            "squared" => Metric::Squared,
            "euclidean" => Metric::Euclidean,
            "cosine" => Metric::Cosine,
            _ => return Err(INVAL),
        };
        if width == 0 || width > MAX_WIDTH {
            return Err(INVAL);
        }
        Ok(Self {
            keys,
            index,
            width,
            metric,
        })
    }

    fn vector(&self, store: &mut Caller<'_>, id: u32) -> Result<Vec<f64>, Failure> {
        meter::charge(store, self.width as u64 * COMPONENT)?;
        let bytes = self.read(store, &self.keys, id, 1, self.width * 4)?;
        Ok(nearest::components(&bytes))
    }

    /// `count` things of `size` bytes from number `first` on.
    fn read(
        &self,
        store: &mut Caller<'_>,
        slot: &[u8],
        first: u32,
        count: u32,
        size: usize,
    ) -> Result<Vec<u8>, Failure> {
        let size = u32::try_from(size).map_err(|_| INVAL)?;
        let overflow = || Failure::Errno(errno::OVERFLOW);
        let at = first.checked_mul(size).ok_or_else(overflow)?;
        let len = count.checked_mul(size).ok_or_else(overflow)?;
        storage::read(wasmtime::AsContextMut::as_context_mut(store), slot, at, len)
    }
}

fn number(fields: &mut Fields, name: &str) -> Result<u32, Failure> {
    let number = fields.value(name)?.as_u256().ok_or(INVAL)?;
    u32::try_from(number).map_err(|_| INVAL)
}

/// `VenireVectors`: with `id` writes the sketch of that vector; with `query` (little-endian `f32`),
/// `count` and `k` finds the nearest: twelve bytes each, the number and the distance as `f64`.
pub(super) fn vectors(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let place = Place::take(&mut fields)?;
    let Some(query) = fields.optional("query") else {
        let id = number(&mut fields, "id")?;
        fields.done()?;
        return index(store, &place, id);
    };
    let (count, k) = (number(&mut fields, "count")?, number(&mut fields, "k")?);
    fields.done()?;
    let Value::Bytes(query) = query else {
        return Err(INVAL);
    };
    if query.len() != place.width * 4 {
        return Err(INVAL);
    }
    let query = Query::new(place.metric, nearest::components(&query));
    let order = bounds(&mut store, &place, &query, count)?;
    let mut found = Nearest::new(k.min(count) as usize);
    for (bound, id) in order {
        if found.complete(bound) {
            break;
        }
        let vector = place.vector(&mut store, id)?;
        found.take(query.distance(&vector), id);
    }
    Ok(Some(found.into_bytes()))
}

fn index(mut store: Caller<'_>, place: &Place, id: u32) -> Reply {
    let vector = place.vector(&mut store, id)?;
    meter::charge(&mut store, place.width as u64 * COMPONENT)?;
    let sketch = nearest::sketch(place.metric, &vector);
    let at = u32::try_from(sketch.len())
        .ok()
        .and_then(|size| id.checked_mul(size))
        .ok_or(Failure::Errno(errno::OVERFLOW))?;
    storage::write(store, &place.index, at, &sketch)?;
    Ok(None)
}

/// Numbers of the vectors that are there, in the order in which to look at them.
fn bounds(
    store: &mut Caller<'_>,
    place: &Place,
    query: &Query,
    count: u32,
) -> Result<Vec<(f64, u32)>, Failure> {
    let stride = nearest::stride(place.width);
    let mut order = Vec::new();
    for first in (0..count).step_by(RUN as usize) {
        let run = RUN.min(count - first);
        meter::charge(store, u64::from(run) * place.width as u64 * SKETCHED)?;
        let sketches = place.read(store, &place.index, first, run, stride)?;
        for (sketch, id) in sketches.chunks_exact(stride).zip(first..) {
            order.extend(query.bound(sketch).map(|bound| (bound, id)));
        }
    }
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    Ok(order)
}
