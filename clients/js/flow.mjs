// A day in the life of genlayer-js. Reports each step as one line of JSON; stops at the first
// that fails, because the later ones build on it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createAccount, createClient, chains } from "genlayer-js";
import { CalldataAddress, TransactionStatus } from "genlayer-js/types";

const endpoint = process.env.VENIRE_RPC;
const account = createAccount();
const client = createClient({ chain: { ...chains.localnet }, endpoint, account });

const source = (name) => readFileSync(new URL(`../../contracts/${name}/contract.py`, import.meta.url), "utf8");

const settle = (hash, status = TransactionStatus.ACCEPTED, fullTransaction = true) =>
  client.waitForTransactionReceipt({ hash, status, interval: 50, retries: 1200, fullTransaction });

const leader = (record) => record.consensus_data.leader_receipt[0];

// The client hands on what the node says, which is hex.
const nonce = async () => Number(await client.getCurrentNonce({ address: account.address }));

const addressArg = (address) => new CalldataAddress(Buffer.from(address.slice(2), "hex"));

async function step(name, body) {
  let outcome = { name, ok: true };
  let result;
  try {
    result = await body();
  } catch (error) {
    outcome = { name, ok: false, why: String(error?.message ?? JSON.stringify(error)).slice(0, 1000) };
  }
  console.log(JSON.stringify(outcome));
  if (!outcome.ok) process.exit(1);
  return result;
}

async function deploy(name, args) {
  const record = await settle(await client.deployContract({ code: source(name), args, leaderOnly: false }));
  assert.equal(leader(record).execution_result, "SUCCESS", leader(record).genvm_result.stderr);
  return record.data.contract_address;
}

async function write(address, functionName, args, value = 0n) {
  return settle(await client.writeContract({ address, functionName, args, value }));
}

const read = (address, functionName, args = [], more = {}) =>
  client.readContract({ address, functionName, args, ...more });

await step("chain id", async () => {
  assert.equal(Number(await client.request({ method: "eth_chainId" })), chains.localnet.id);
});
await step("balance of a new account", async () => {
  assert.equal(await client.getBalance({ address: account.address }), 0n);
});
await step("funding", async () => {
  assert.match(await client.fundAccount({ address: account.address, amount: 5000 }), /^0x[0-9a-f]{64}$/);
  assert.equal(await client.getBalance({ address: account.address }), 5000n);
});
await step("nonce of a new account", async () => {
  assert.equal(await nonce(), 0);
});
await step("schema of code", async () => {
  const schema = await client.getContractSchemaForCode(source("storage"));
  assert.deepEqual(schema.ctor.params, [["initial", "string"]]);
  assert.deepEqual(Object.keys(schema.methods).sort(), ["get", "set"]);
  assert.equal(schema.methods.get.readonly, true);
  assert.equal(schema.methods.set.readonly, false);
});
const storage = await step("deploy", () => deploy("storage", ["one"]));
await step("nonce after a deployment", async () => {
  assert.equal(await nonce(), 1);
});
await step("read", async () => assert.equal(await read(storage, "get"), "one"));
await step("read without decoding", async () => {
  assert.equal(await read(storage, "get", [], { rawReturn: true }), "0x1c6f6e65");
});
await step("schema of a contract", async () => {
  assert.deepEqual(await client.getContractSchema(storage), await client.getContractSchemaForCode(source("storage")));
});
await step("code of a contract", async () => {
  assert.equal(await client.getContractCode(storage), source("storage"));
});
await step("simulation", async () => {
  const address = storage;
  assert.equal(await client.simulateWriteContract({ address, functionName: "set", args: ["thought"] }), null);
});
await step("simulation leaves state alone", async () => assert.equal(await read(storage, "get"), "one"));
const hash = await step("write", () =>
  client.writeContract({ address: storage, functionName: "set", args: ["two"], value: 0n }));
await step("accepted", async () => {
  const record = await settle(hash);
  assert.equal(record.statusName, TransactionStatus.ACCEPTED);
  assert.equal(leader(record).execution_result, "SUCCESS");
  assert.equal(leader(record).genvm_result.stdout, "stored 3 characters\n");
  assert.equal(Object.keys(record.consensus_data.votes).length, 5);
});
await step("short receipt", async () => {
  const receipt = await settle(hash, TransactionStatus.ACCEPTED, false);
  assert.equal(receipt.status_name, TransactionStatus.ACCEPTED);
  assert.equal(receipt.consensus_history, undefined);
});
await step("read after a write", async () => assert.equal(await read(storage, "get"), "two"));
await step("refusal is accepted, and changes nothing", async () => {
  const record = await write(storage, "set", [""]);
  assert.equal(record.statusName, TransactionStatus.ACCEPTED);
  assert.equal(leader(record).execution_result, "ERROR");
  assert.equal(leader(record).result.status, "rollback");
  assert.equal(leader(record).result.payload, "an empty text is not worth a transaction");
  assert.equal(await read(storage, "get"), "two");
});
await step("a refused read is an error with its words", async () => {
  await assert.rejects(
    client.simulateWriteContract({ address: storage, functionName: "set", args: [""] }),
    /an empty text is not worth a transaction/,
  );
});
await step("transaction", async () => {
  const transaction = await client.getTransaction({ hash });
  assert.equal(transaction.from_address.toLowerCase(), account.address.toLowerCase());
  assert.equal(transaction.to_address.toLowerCase(), storage.toLowerCase());
});
await step("trace", async () => {
  const trace = await client.debugTraceTransaction({ hash });
  assert.equal(trace.result_code, 0);
  assert.match(trace.stdout, /stored 3 characters/);
});
await step("nothing triggered", async () => {
  assert.deepEqual(await client.getTriggeredTransactionIds({ hash }), []);
});
await step("history of an account", async () => {
  const sent = await client.request({ method: "sim_getTransactionsForAddress", params: [account.address, "from"] });
  assert.equal(sent.length, 3);
});
await step("final", async () => {
  const record = await settle(hash, TransactionStatus.FINALIZED);
  assert.equal(record.statusName, TransactionStatus.FINALIZED);
  assert.equal(await read(storage, "get", [], { transactionHashVariant: "latest-final" }), "two");
});
const notes = await step("deploy with a map by address", () => deploy("user_storage", []));
await step("addresses and maps cross the wire", async () => {
  await write(notes, "write", ["mine"]);
  assert.equal(await read(notes, "note_of", [addressArg(account.address)]), "mine");
  assert.deepEqual(await read(notes, "everything"), { [account.address]: "mine" });
});
const wizard = await step("deploy a judged contract", () => deploy("wizard_of_coin", []));
await step("five validators judge", async () => {
  const record = await write(wizard, "ask_for_coin", ["Let me help the village."]);
  assert.equal(record.statusName, TransactionStatus.ACCEPTED);
  assert.equal(leader(record).execution_result, "SUCCESS");
  assert.deepEqual(new Set(Object.values(record.consensus_data.votes)), new Set(["agree"]));
  assert.equal((await read(wizard, "state")).holder, account.address);
});
await step("value goes with a write", async () => {
  const market = await deploy("football_market", ["North", "South", "http://127.0.0.1/"]);
  await write(market, "bet", ["North"], 700n);
  assert.equal(BigInt(await read(market, "pot")), 700n);
  assert.equal(await client.getBalance({ address: account.address }), 4300n);
});
await step("an appeal that fails leaves the decision", async () => {
  const record = await write(storage, "set", ["three"]);
  // Without a value: the network posts the bond.
  const receipt = await client.appealTransaction({ txId: record.hash });
  assert.ok(receipt);
  const after = await settle(record.hash, TransactionStatus.FINALIZED);
  const ends = after.consensus_history.consensus_results.map((round) => round.consensus_round);
  assert.deepEqual(ends, ["Accepted", "Validator Appeal Failed"]);
  assert.equal(await read(storage, "get", [], { transactionHashVariant: "latest-final" }), "three");
});
await step("a transaction that waits is canceled, and its money returns", async () => {
  await client.request({ method: "evm_setAutomine", params: [false] });
  try {
    const before = await client.getBalance({ address: account.address });
    const hash = await client.writeContract({ address: storage, functionName: "set", args: ["never"], value: 0n });
    assert.equal((await client.getTransaction({ hash })).statusName, TransactionStatus.PENDING);
    assert.equal((await client.cancelTransaction({ hash })).status, "CANCELED");
    assert.equal((await client.getTransaction({ hash })).statusName, TransactionStatus.CANCELED);
    await assert.rejects(client.cancelTransaction({ hash }), /CANCELED/);
    assert.equal(await client.getBalance({ address: account.address }), before);
    const late = await client.writeContract({ address: storage, functionName: "set", args: ["mined"], value: 0n });
    await client.request({ method: "evm_mine", params: [] });
    await settle(late);
    await assert.rejects(client.cancelTransaction({ hash: late }), /ACCEPTED/);
    assert.equal(await read(storage, "get"), "mined");
  } finally {
    await client.request({ method: "evm_setAutomine", params: [true] });
  }
});
