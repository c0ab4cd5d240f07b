/** Raised with every change of `SCHEMA`; a store of another version is refused. */
export const SCHEMA_VERSION = 6

const DISPUTES = `
create table games (
  game text primary key,
  receipt_digest text not null,
  block text not null,
  verdict text
) strict;
create table looked (
  id integer primary key check (id = 1),
  block text not null
) strict;
`

const DIRECT = `
create table direct (
  payer text not null,
  nonce text not null,
  offer_id text not null,
  lane text not null,
  amount text not null,
  valid_after integer not null,
  valid_before integer not null,
  signature text not null,
  request_digest text not null,
  receipt blob not null,
  response blob not null,
  answered_at integer not null,
  from_block integer not null,
  settled_by text,
  request blob,
  keep_until integer not null default 0,
  primary key (payer, nonce),
  unique (payer, offer_id, lane)
) strict;
`

const FINALITY = `
create table provisional (
  payer text not null,
  offer_id text not null,
  lane text not null,
  block integer,
  calls integer not null,
  primary key (payer, offer_id, lane)
) strict;
alter table direct add column settled_block integer;
create index direct_provisional on direct (settled_block) where settled_block is not null;
`

const REFUSED = `
create table refused (
  id integer primary key,
  signature blob not null unique,
  valid_until integer not null
) strict;
`

/**
 * Amounts are text (amount.ts), ids lower-case hex, times unix seconds.
 *
 * lanes: one row a lane that was ever charged. `voucher_*` is the voucher of its last receipt, with which it settles; `calls` counts
 * answers since the last settlement, `unsettled_since` is the oldest of them (null: nothing is owed). `retry_at` puts off a claim
 * that the chain refused.
 * answers: one row a receipt, by the digest of the voucher that paid. `published`: that voucher stood in a claim, so that the chain
 * shows it to everybody. Their ids rise with time, so age needs no index. `request` (encoded tensors) and `keep_until` are there for
 * answers that a contract can judge: until then the seller must be able to answer for them.
 * settlements: transactions that the chain confirmed.
 * games: disputes about answers, by the arbiter's number, with the block of the challenge and how they ended (null: on). looked: the block
 * before which all of them are over for good. Both repeat the chain, numbers as text.
 * direct: answers paid by signed transfer (specs/x402.md), by payer and nonce, written before they are settled; `settled_by` is the transaction
 * that moved the money. `request` and `keep_until` as in answers.
 * provisional: lanes whose last settlement a reorganisation may take back, with the block that is known to have it (null: not looked at yet) and the answers that it
 * settled. `settled_block` of a direct payment is the same, and null once its settlement is final; one with a `settled_block` and without `settled_by` was delivered and taken back, and is to be submitted
 * again.
 * refused: signatures of vouchers with which a call was refused. They are never charged.
 */
export const SCHEMA = `
create table lanes (
  id integer primary key,
  payer text not null,
  offer_id text not null,
  lane text not null,
  voucher_cumulative text not null,
  voucher_valid_until integer not null,
  voucher_signature blob not null,
  voucher_digest blob not null,
  charged text not null,
  settled text not null,
  calls integer not null,
  unsettled_since integer,
  retry_at integer not null default 0,
  unique (payer, offer_id, lane)
) strict;
create index lanes_unsettled on lanes (unsettled_since) where unsettled_since is not null;

create table answers (
  id integer primary key,
  voucher_digest blob not null unique,
  voucher_signature blob not null,
  lane_id integer not null references lanes (id),
  request_digest text not null,
  charged text not null,
  receipt blob not null,
  response blob not null,
  answered_at integer not null,
  published integer not null default 0,
  request blob,
  keep_until integer not null default 0
) strict;

create table settlements (
  hash text primary key,
  confirmed_at integer not null,
  claims integer not null,
  paid text not null,
  gas_used integer not null
) strict;

${DISPUTES}${DIRECT}${FINALITY}${REFUSED}`

/** What makes of a store of an older layout one of the next: by the layout that it has. */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  1: `
alter table answers add column request blob;
alter table answers add column keep_until integer not null default 0;
`,
  2: DISPUTES,
  3: DIRECT,
  // The very first stores had an index that nothing used.
  4: `drop index if exists answers_by_age;${FINALITY}`,
  5: REFUSED,
}
