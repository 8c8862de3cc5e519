//! Sockets, routes and the dispatch of JSON-RPC calls.

use super::{
    super::node::{Shared, StartError},
    ctx::Ctx,
    eth, genlayer, guard, mining, sim,
};
use axum::{
    Router,
    body::Body as HttpBody,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, Method as HttpMethod, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http_body_util::BodyExt as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{json, value::RawValue};
use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, OnceLock},
};
use tokio::net::TcpListener;
use venire_api::{
    Body, Call, Reply, RpcError, bind as bind_params, code, find, nearest, parse_body,
};

/// Largest request body.
const BODY_MAX: usize = 8 << 20;
/// How much of a larger one is read before the connection is given up.
const DRAINED_MAX: usize = 64 << 20;

const PAGE: &str = include_str!("page.html");

/// Binds the loopback addresses.
///
/// # Errors
/// The IPv4 port is taken; a missing IPv6 is fine.
pub(crate) async fn bind(port: u16) -> Result<Vec<TcpListener>, StartError> {
    let taken = |error| StartError::Port { port, error };
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(taken)?;
    let bound = first.local_addr().map_err(taken)?.port();
    let second = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, bound))).await;
    Ok(std::iter::once(first).chain(second.ok()).collect())
}

/// Serves until the tasks are aborted.
pub(crate) fn serve(
    shared: &Arc<Shared>,
    listeners: Vec<TcpListener>,
) -> Vec<tokio::task::JoinHandle<()>> {
    let app = router(shared);
    let serve_one = |listener| {
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(%error, "the RPC server ended");
            }
        })
    };
    listeners.into_iter().map(serve_one).collect()
}

fn router(shared: &Arc<Shared>) -> Router {
    // One recorder for the process: several nodes in one test share it.
    static METRICS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    METRICS.get_or_init(|| PrometheusBuilder::new().install_recorder().ok());
    Router::new()
        .route("/api", post(rpc))
        .route(
            "/",
            get(async || {
                ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], PAGE).into_response()
            }),
        )
        .route("/health", get(health))
        .route("/ready", get(health))
        .route(
            "/metrics",
            get(async || {
                METRICS
                    .get()
                    .and_then(Option::as_ref)
                    .map(PrometheusHandle::render)
                    .unwrap_or_default()
            }),
        )
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(gatekeeper))
        .with_state(Arc::clone(shared))
}

/// Host check, CORS, preflight.
async fn gatekeeper(request: Request, next: Next) -> Response {
    if !guard::host_is_local(request.headers()) {
        let text = "this node serves only local names: localhost, 127.0.0.1 or [::1]\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    let preflight = request.method() == HttpMethod::OPTIONS;
    let mut response = if preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    let any = HeaderValue::from_static("*");
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, any);
    let methods = HeaderValue::from_static("GET, POST, OPTIONS");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    response
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let head = shared.head();
    let tip = head.view.tip();
    let is_alive = shared.is_alive();
    let body = json!({
        "status": if is_alive { "healthy" } else { "unhealthy" },
        "height": tip.map_or(0, |tip| tip.height),
        "validators": shared.seats().len(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    let status = if is_alive {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, axum::Json(body)).into_response()
}

/// Reads a body up to [`BODY_MAX`]. What is longer is read to its end, within reason, before it is
/// refused: a client that is still sending would otherwise see a broken connection, not the answer.
async fn read_body(mut body: HttpBody) -> Result<Vec<u8>, RpcError> {
    let mut bytes = Vec::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let bad = |_| RpcError::new(code::INVALID_REQUEST, "the request body cannot be read");
        let Ok(data) = frame.map_err(bad)?.into_data() else {
            continue;
        };
        seen += data.len();
        if seen <= BODY_MAX {
            bytes.extend_from_slice(&data);
        } else if seen > DRAINED_MAX {
            break;
        }
    }
    if seen > BODY_MAX {
        let text = format!("the request body is larger than {BODY_MAX} bytes");
        return Err(RpcError::new(code::INVALID_REQUEST, text));
    }
    Ok(bytes)
}

async fn rpc(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: HttpBody) -> Response {
    let body = match read_body(body).await {
        Ok(body) => body,
        Err(error) => return answer(StatusCode::PAYLOAD_TOO_LARGE, &Reply::orphan(error)),
    };
    let foreign = guard::origin_is_foreign(&headers, &shared.allowed_origins);
    let ctx = Ctx { shared, foreign };
    match parse_body(&body) {
        Err(error) => answer(StatusCode::BAD_REQUEST, &Reply::orphan(error)),
        Ok(Body::Single(Err(error))) => answer(StatusCode::BAD_REQUEST, &Reply::orphan(error)),
        Ok(Body::Single(Ok(one))) => match reply(&ctx, one).await {
            Some(reply) => answer(StatusCode::OK, &reply),
            None => StatusCode::NO_CONTENT.into_response(),
        },
        Ok(Body::Batch(calls)) => {
            let mut replies = Vec::new();
            for one in calls {
                match one {
                    Ok(one) => replies.extend(reply(&ctx, one).await),
                    Err(error) => replies.push(Reply::orphan(error)),
                }
            }
            if replies.is_empty() {
                return StatusCode::NO_CONTENT.into_response();
            }
            answer(StatusCode::OK, &replies)
        }
    }
}

fn answer(status: StatusCode, reply: &impl serde::Serialize) -> Response {
    match serde_json::to_vec(reply) {
        Ok(bytes) => {
            let json = [(header::CONTENT_TYPE, "application/json")];
            (status, json, HttpBody::from(bytes)).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Answers one call on a task of its own, so that a panic in a handler ends in an error answer.
async fn reply(ctx: &Ctx, one: Call) -> Option<Reply> {
    let Call { method, params, id } = one;
    let ctx = ctx.clone();
    let task = tokio::spawn(async move { call(&ctx, &method, params.as_deref()).await });
    let outcome = task.await.unwrap_or_else(|error| {
        tracing::error!(%error, "an RPC handler failed");
        Err(RpcError::new(
            code::INTERNAL,
            "Internal error: the node failed to answer; this is a defect",
        ))
    });
    id.map(|id| Reply::new(id, outcome))
}

/// Methods that execute contract code, which can reach models, pages and this machine's servers: a
/// page that somebody happens to visit must not have that done for it.
fn runs_code(method: &str) -> bool {
    matches!(
        method,
        "eth_sendRawTransaction"
            | "gen_call"
            | "gen_getContractSchema"
            | "gen_getContractSchemaForCode"
            | "sim_call"
    )
}

async fn call(ctx: &Ctx, name: &str, params: Option<&RawValue>) -> Result<Box<RawValue>, RpcError> {
    let Some(method) = find(name) else {
        let hint = nearest(name)
            .map(|near| format!("; did you mean {near}?"))
            .unwrap_or_default();
        return Err(RpcError::new(
            code::METHOD_NOT_FOUND,
            format!("Method not found: {}{hint}", venire_api::shown(name)),
        ));
    };
    if ctx.foreign && (method.privileged || runs_code(name)) {
        let text = format!(
            "{name} is refused to web pages of other sites; start the network with --allow-origin to trust one"
        );
        return Err(RpcError::new(code::FORBIDDEN, text));
    }
    metrics::counter!("venire_rpc_calls_total", "method" => method.name).increment(1);
    let bound = bind_params(method, params)?;
    match name.split_once('_').map_or(name, |(space, _)| space) {
        "gen" => genlayer::call(ctx, method.name, &bound).await,
        "sim" | "ping" => sim::call(ctx, method.name, &bound).await,
        "evm" | "anvil" | "hardhat" => mining::call(ctx, method.name, &bound).await,
        _ => eth::call(ctx, method.name, &bound).await,
    }
}
