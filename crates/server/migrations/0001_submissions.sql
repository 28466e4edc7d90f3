-- Every record that a resident has sent, as it came in. This table is the promise behind a receipt:
-- a row is here, and on disk, before the resident is told so. Rows are only ever added.

create table submissions (
    -- The number that the resident quotes: K47-W92-F36.
    reference text not null primary key,

    -- What was sent: `complaint`, later also `stage2`, `addition` and others. And the stage of the
    -- complaint that it belongs to.
    kind text not null,
    stage integer not null check (stage in (1, 2)),

    -- To which landlord, by id as it was sent (there may be no file for it), and in which language.
    landlord text not null,
    language text not null,

    -- The moment of receipt by this service's clock, and its day in London, from which every
    -- promised date is counted (Code 6.2).
    received_at text not null,
    received_on text not null,

    -- The dates that were promised on the receipt. They are kept, not worked out again: a promise
    -- does not change when the landlord's file does. Null where bank holidays were not known.
    acknowledge_by text,
    respond_by text,
    extended_by text,

    -- What a complaints officer needs to see at once, worked out by the service: ["danger_now"].
    flags text not null check (json_valid(flags)),

    -- SHA-256 of the idempotency key and of the body: the same key with the same body is the same
    -- submission again, whatever happened to the first answer on its way.
    idempotency_key_hash blob not null unique,
    body_hash blob not null,

    -- SHA-256 of `reference:code`. The code itself is only on the resident's receipt.
    access_code_hash blob not null,

    -- The record exactly as it was received, to the byte: the resident's own words (Code 5.12).
    body text not null
) strict;

-- What a resident wrote, and when it was received, can't be changed by anyone, nor by a mistake in
-- this program. A rule for how long complaints are kept will have to say so in a migration.
create trigger submissions_are_not_changed
before update of
    reference, kind, received_at, received_on, idempotency_key_hash, body_hash, body
on submissions
begin
    select raise(abort, 'a submission is kept as it was received');
end;

create trigger submissions_are_not_deleted
before delete on submissions
begin
    select raise(abort, 'a submission is kept');
end;
