//! Renders a transaction record as clients read it.

use super::{
    super::{
        clock::iso8601,
        node::{Head, Shared, block_hash},
        summary::reason,
    },
    receipts::{Rendering, Seen, base64, vote_name},
};
use serde_json::{Map, Value, json};
use venire_api::{
    quantity::{hex_address, hex_bytes, hex_hash, hex_u64, integer},
    types::{
        ConsensusData, ConsensusHistory, ConsensusResult, LastRound, MessageJson, StateBlockRange,
        Transaction,
    },
};
use venire_protocol::{Appeal, AppealEnd, AppealKind, Kind, Round, StatusChange, TxRecord};
use venire_types::{
    Address, B256,
    emission::{Emission, On},
    envelope::TxData,
    jury::Payload,
    vote::{RoundResult, Status},
};

/// Nominal gas of a gasless chain.
const GAS: u64 = 500_000;

/// The full record of a transaction.
#[expect(
    clippy::too_many_lines,
    reason = "one field after another of a flat wire type"
)]
pub(super) fn transaction(shared: &Shared, head: &Head, record: &TxRecord) -> Transaction {
    let body = head.snapshot.body(record.id);
    let payload = head.snapshot.payload(record.id);
    let render = Rendering {
        shared,
        head,
        record,
        calldata: base64(&body.calldata),
    };
    let sender = (!record.sender.is_zero()).then(|| hex_address(record.sender));
    let recipient = Some(hex_address(record.recipient));
    let (execution, execution_name) = execution_result(record);
    let last = record.rounds.last();
    let tip = head.view.tip().map_or(0, |tip| tip.height);
    let messages = payload.as_ref().map_or_else(Vec::new, messages);
    Transaction {
        hash: hex_hash(record.id),
        from_address: sender.clone(),
        to_address: recipient.clone(),
        from: sender.clone(),
        to: recipient.clone(),
        data: data(record, &body.calldata, &body.code),
        value: integer(record.value),
        kind: match record.kind {
            Kind::Transfer => 0,
            Kind::Deploy => 1,
            Kind::Call => 2,
        },
        status: record.status.name().to_owned(),
        status_code: record.status as u8,
        tx_execution_result: execution,
        tx_execution_result_name: execution_name.to_owned(),
        error: reason(shared, record),
        result: record.result as u8,
        result_name: result_name(record.result).to_owned(),
        consensus_data: record
            .proposal_round()
            .map(|from| consensus_data(&render, from)),
        consensus_history: history(&render),
        nonce: record.nonce.unwrap_or_default(),
        gas: GAS,
        created_at: iso8601(record.created_ms),
        leader_only: record.leader_only,
        execution_mode: if record.leader_only {
            "LEADER_ONLY"
        } else {
            "NORMAL"
        }
        .to_owned(),
        origin_address: (!record.origin.is_zero()).then(|| hex_address(record.origin)),
        triggered_by: record.triggered_by.map(|(parent, _)| hex_hash(parent)),
        triggered_on: record.triggered_by.map(|(_, on)| on_name(on).to_owned()),
        triggered_transactions: record.children.iter().map(|id| hex_hash(*id)).collect(),
        appealed: appeal_of(record).is_some_and(|appeal| appeal.end.is_none()),
        appeal_failed: failed_appeals(record),
        timestamp_awaiting_finalization: decided_ms(record).map(|ms| ms / 1000),
        config_rotation_rounds: u64::from(record.rotations),
        num_of_initial_validators: u64::from(record.validators_wanted),
        rotation_count: u64::from(record.rotations.saturating_sub(record.rotations_left)),
        current_timestamp: (shared.clock.now_ms() / 1000).to_string(),
        sender,
        recipient,
        tx_id: hex_hash(record.id),
        tx_slot: "0".to_owned(),
        created_timestamp: (record.created_ms / 1000).to_string(),
        last_vote_timestamp: (last_vote_ms(record) / 1000).to_string(),
        random_seed: hex_hash(record.seed),
        read_state_block_range: state_range(record),
        activator: leader_of(record.rounds.first()),
        last_leader: leader_of(last),
        tx_data: tx_data(record, body.calldata, body.code),
        tx_execution_hash: last
            .and_then(|round| round.result_hash)
            .map_or_else(String::new, hex_hash),
        eq_blocks_outputs: eq_blocks(&render),
        messages,
        queue_type: match record.status {
            Status::Pending => "1",
            Status::Accepted => "2",
            Status::Undetermined => "3",
            _ => "0",
        }
        .to_owned(),
        queue_position: "0".to_owned(),
        num_of_rounds: record.rounds.len().to_string(),
        last_round: last.map(|round| last_round(record, round)),
        block_number: hex_u64(record.created_height.min(tip)),
        block_hash: block_hash_at(head, record.created_height),
    }
}

/// Hash of a block by height; zero when it is not known.
pub(super) fn block_hash_at(head: &Head, height: u64) -> String {
    let block = head.view.block(height).ok().flatten();
    hex_hash(block.map_or(B256::ZERO, |block| block_hash(height, block.root)))
}

fn data(record: &TxRecord, calldata: &[u8], code: &[u8]) -> Value {
    match record.kind {
        Kind::Transfer => json!({}),
        Kind::Call => json!({ "calldata": base64(calldata) }),
        Kind::Deploy => json!({
            "contract_address": hex_address(record.recipient),
            "contract_code": base64(code),
            "calldata": base64(calldata),
        }),
    }
}

fn tx_data(record: &TxRecord, calldata: Vec<u8>, code: Vec<u8>) -> String {
    let data = match record.kind {
        Kind::Transfer => return String::new(),
        Kind::Call => TxData::Call { calldata },
        Kind::Deploy => TxData::Deploy { code, calldata },
    };
    hex_bytes(&data.encode(record.leader_only)).split_off(2)
}

/// `txExecutionResult` and its name.
pub(super) fn execution_result(record: &TxRecord) -> (u8, &'static str) {
    match &record.outcome {
        None => (0, "NOT_VOTED"),
        Some(outcome) if outcome.is_success() => (1, "FINISHED_WITH_RETURN"),
        Some(_) => (2, "FINISHED_WITH_ERROR"),
    }
}

const fn result_name(result: RoundResult) -> &'static str {
    match result {
        RoundResult::Idle => "IDLE",
        RoundResult::Agree => "AGREE",
        RoundResult::Disagree => "DISAGREE",
        RoundResult::Timeout => "TIMEOUT",
        RoundResult::DeterministicViolation => "DETERMINISTIC_VIOLATION",
        RoundResult::NoMajority => "NO_MAJORITY",
        RoundResult::MajorityAgree => "MAJORITY_AGREE",
        RoundResult::MajorityDisagree => "MAJORITY_DISAGREE",
    }
}

const fn on_name(on: On) -> &'static str {
    match on {
        On::Accepted => "accepted",
        On::Finalized => "finalized",
    }
}

fn decided_ms(record: &TxRecord) -> Option<u64> {
    let decided = |change: &&StatusChange| {
        matches!(
            change.status,
            Status::Accepted
                | Status::Undetermined
                | Status::ValidatorsTimeout
                | Status::LeaderTimeout
        )
    };
    record
        .history
        .iter()
        .rev()
        .find(decided)
        .map(|change| change.time_ms)
}

fn last_vote_ms(record: &TxRecord) -> u64 {
    let seats = record.rounds.iter().flat_map(|round| &round.seats);
    seats
        .filter_map(|seat| seat.revealed_ms)
        .max()
        .unwrap_or_default()
}

fn leader_of(round: Option<&Round>) -> String {
    round
        .and_then(Round::leader)
        .map(hex_address)
        .unwrap_or_default()
}

fn state_range(record: &TxRecord) -> StateBlockRange {
    let height = |status| {
        let found = record.history.iter().find(|change| change.status == status);
        found.map_or(0, |change| change.height).to_string()
    };
    StateBlockRange {
        activation_block: height(Status::Proposing),
        processing_block: height(Status::Proposing),
        proposal_block: height(Status::Committing),
    }
}

/// The proposal that stands, and everyone who judged it: the committee and those of appeals.
fn consensus_data(render: &Rendering<'_>, from: usize) -> ConsensusData {
    let rounds = || render.record.rounds.iter().enumerate().skip(from);
    let seats = rounds().flat_map(|(_, round)| &round.seats);
    ConsensusData {
        votes: seats
            .map(|seat| (hex_address(seat.validator), vote_name(seat.vote).to_owned()))
            .collect(),
        leader_receipt: rounds()
            .take(1)
            .flat_map(|(index, round)| render.leader(index, round))
            .collect(),
        validators: rounds()
            .flat_map(|(index, round)| render.others(index, round))
            .collect(),
    }
}

/// Rounds with the statuses that belong to each.
fn history(render: &Rendering<'_>) -> ConsensusHistory {
    let record = render.record;
    let mut out = ConsensusHistory::default();
    let mut rest = record.history.as_slice();
    for (index, round) in record.rounds.iter().enumerate() {
        let is_last = index + 1 == record.rounds.len();
        if is_last
            && round.result == RoundResult::Idle
            && !record.is_decided()
            && !record.is_closed()
        {
            break;
        }
        let (mine, later) = rest.split_at(statuses_of_round(rest));
        rest = later;
        let (status_changes, monitoring) = steps(mine);
        out.consensus_results.push(ConsensusResult {
            consensus_round: round_name(record, index, mine).to_owned(),
            leader_result: round.proposal.map(|_| render.leader(index, round)),
            validator_results: render.others(index, round),
            status_changes,
            monitoring,
        });
    }
    (out.current_status_changes, out.current_monitoring) = steps(rest);
    out
}

/// How many entries belong to the next round: up to its decision, or up to the next `Proposing`.
fn statuses_of_round(rest: &[StatusChange]) -> usize {
    let mut proposing = false;
    for (index, change) in rest.iter().enumerate() {
        match change.status {
            Status::Proposing | Status::AppealCommitting if proposing => return index,
            Status::Proposing | Status::AppealCommitting => proposing = true,
            Status::Pending if proposing => return index,
            Status::Finalized | Status::Canceled => return index,
            _ => {}
        }
    }
    rest.len()
}

fn steps(changes: &[StatusChange]) -> (Vec<String>, Map<String, Value>) {
    let names = changes
        .iter()
        .map(|change| change.status.name().to_owned())
        .collect();
    let seconds = |change: &StatusChange| {
        let second = change.time_ms / 1000;
        (change.status.name().to_owned(), second.into())
    };
    (names, changes.iter().map(seconds).collect())
}

/// What Studio calls the end of the round with this index.
fn round_name(record: &TxRecord, index: usize, steps: &[StatusChange]) -> &'static str {
    let place = u32::try_from(index).unwrap_or(u32::MAX);
    let judged = |appeal: &&Appeal| {
        let round = record.rounds.get(index).map(|round| round.number);
        let first = usize::try_from(appeal.first).unwrap_or(usize::MAX);
        appeal.first <= place && record.rounds.get(first).map(|round| round.number) == round
    };
    let ended = steps.iter().rev().find_map(|step| match step.status {
        Status::Accepted => Some("Accepted"),
        Status::Undetermined => Some("Undetermined"),
        Status::ValidatorsTimeout => Some("Validators Timeout"),
        Status::LeaderTimeout => Some("Leader Timeout"),
        _ => None,
    });
    let appeal = record.appeals.iter().rev().find(judged);
    let Some(appeal) = appeal else {
        return ended.unwrap_or("Leader Rotation");
    };
    let against = usize::try_from(appeal.against).ok();
    let timed_out = against
        .and_then(|against| record.rounds.get(against))
        .is_some_and(|round| round.result == RoundResult::Timeout);
    match (appeal.kind, appeal.end) {
        (AppealKind::Validators, Some(AppealEnd::Succeeded)) if timed_out => {
            "Validator Timeout Appeal Successful"
        }
        (AppealKind::Validators, Some(AppealEnd::Failed)) if timed_out => {
            "Validators Timeout Appeal Failed"
        }
        (AppealKind::Validators, Some(AppealEnd::Succeeded)) => "Validator Appeal Successful",
        (AppealKind::Validators, Some(AppealEnd::Failed)) => "Validator Appeal Failed",
        // A leader that failed on the way.
        (AppealKind::Leader | AppealKind::LeaderTimeout, _) if ended.is_none() => {
            "Leader Rotation Appeal"
        }
        (AppealKind::Leader, Some(AppealEnd::Succeeded)) => "Leader Appeal Successful",
        (AppealKind::Leader, Some(AppealEnd::Failed)) => "Leader Appeal Failed",
        (AppealKind::LeaderTimeout, Some(AppealEnd::Succeeded)) => {
            "Leader Timeout Appeal Successful"
        }
        (AppealKind::LeaderTimeout, Some(AppealEnd::Failed)) => "Leader Timeout Appeal Failed",
        (_, Some(AppealEnd::Canceled) | None) => ended.unwrap_or("Leader Rotation"),
    }
}

/// The newest appeal.
fn appeal_of(record: &TxRecord) -> Option<&Appeal> {
    record.appeals.last()
}

/// Failed appeals since the last one that succeeded.
fn failed_appeals(record: &TxRecord) -> u32 {
    let ends = record.appeals.iter().rev().map(|appeal| appeal.end);
    let since = ends.take_while(|end| *end != Some(AppealEnd::Succeeded));
    let failed = since.filter(|end| *end == Some(AppealEnd::Failed)).count();
    u32::try_from(failed).unwrap_or(u32::MAX)
}

fn last_round(record: &TxRecord, round: &Round) -> LastRound {
    let hashes = |pick: fn(&venire_protocol::Seat) -> B256| {
        round
            .seats
            .iter()
            .map(|seat| hex_hash(pick(seat)))
            .collect()
    };
    LastRound {
        round: (record.rounds.len() - 1).to_string(),
        leader_index: round.leader.unwrap_or_default().to_string(),
        votes_committed: round.committed().to_string(),
        votes_revealed: round.revealed().to_string(),
        appeal_bond: appeal_of(record)
            .map_or_else(|| "0".to_owned(), |appeal| appeal.bond.to_string()),
        rotations_left: record.rotations_left.to_string(),
        result: round.result as u8,
        round_validators: round
            .seats
            .iter()
            .map(|seat| hex_address(seat.validator))
            .collect(),
        validator_votes: round.seats.iter().map(|seat| seat.vote as u8).collect(),
        validator_votes_hash: hashes(|seat| seat.commit.unwrap_or_default()),
        validator_votes_name: round
            .seats
            .iter()
            .map(|seat| vote_name(seat.vote).to_ascii_uppercase())
            .collect(),
        validator_result_hash: hashes(|seat| seat.result_hash),
    }
}

fn messages(payload: &Payload) -> Vec<MessageJson> {
    let message = |internal: bool, to: Address, value, data: &[u8], on: On| MessageJson {
        message_type: if internal { "1" } else { "0" }.to_owned(),
        recipient: hex_address(to),
        value: venire_types::U256::to_string(&value),
        data: base64(data),
        on_acceptance: on == On::Accepted,
    };
    let render = |emission: &Emission| match emission {
        Emission::Post {
            to,
            calldata,
            value,
            on,
        } => Some(message(true, *to, *value, calldata, *on)),
        Emission::Deploy {
            calldata,
            value,
            on,
            ..
        } => Some(message(true, Address::ZERO, *value, calldata, *on)),
        Emission::External {
            to,
            calldata,
            value,
        } => Some(message(false, *to, *value, calldata, On::Finalized)),
        Emission::Event { .. } => None,
    };
    payload.emissions.iter().filter_map(render).collect()
}

/// RLP list of the recorded results of non-deterministic blocks.
fn eq_blocks(render: &Rendering<'_>) -> String {
    let Some(round) = render.record.proposal_round() else {
        return String::new();
    };
    let outputs = render.nondet(round);
    if outputs.is_empty() {
        return String::new();
    }
    let items: Vec<&[u8]> = outputs.values().map(Vec::as_slice).collect();
    let mut out = Vec::new();
    alloy_rlp::encode_list::<&[u8], [u8]>(&items, &mut out);
    hex_bytes(&out)
}

/// What `gen_dbg_traceTransaction` answers about one round.
pub(super) fn trace(shared: &Shared, head: &Head, record: &TxRecord, index: usize) -> Value {
    let render = Rendering {
        shared,
        head,
        record,
        calldata: String::new(),
    };
    let round = record.rounds.get(index);
    let stands = record.proposal_round().unwrap_or_default() == index;
    let leader = round.and_then(|round| {
        let leader = round.leader()?;
        round.seats.iter().find(|seat| seat.validator == leader)
    });
    let seen = leader.map_or_else(Seen::default, |seat| render.seen(index, seat));
    // The outcome is the one of the proposal that stands; others came to results of their own.
    let agreed = record.outcome.as_ref().filter(|_| stands);
    let bytes = agreed
        .or(seen.outcome())
        .map(venire_types::outcome::Outcome::to_bytes)
        .unwrap_or_default();
    let (code, payload) = bytes
        .split_first()
        .map_or((4, &[][..]), |(code, rest)| (*code, rest));
    let outputs: Map<String, Value> = render
        .nondet(index)
        .iter()
        .map(|(at, bytes)| (at.to_string(), base64(bytes).into()))
        .collect();
    let note = seen.note;
    let log: Vec<Value> = note
        .fault
        .iter()
        .map(|fault| {
            json!({
                "kind": fault.kind, "message": fault.message,
                "location": fault.location, "traceback": fault.traceback,
            })
        })
        .collect();
    json!({
        "transaction_id": hex_hash(record.id),
        "round": index,
        "result_code": code,
        "return_data": hex_bytes(payload),
        "stdout": note.stdout,
        "stderr": note.stderr,
        "genvm_log": log,
        "storage_proof": "",
        "run_time": format!("{}ms", note.elapsed_ms),
        "eq_outputs": outputs,
        "vote": leader.map_or("not_voted", |seat| vote_name(seat.vote)),
        "votes": round.map_or(0, Round::revealed),
    })
}
