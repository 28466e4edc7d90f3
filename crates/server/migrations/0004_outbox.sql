-- What leaves the service: mail, and webhooks to the landlord's systems.

-- Something has happened in a case, and nobody has been told yet. A row is written in the transaction of
-- the event itself, and is replaced by one in `outbox` for each who is to be told.
create table notices (
    id integer primary key autoincrement,
    reference text not null,
    event_id integer not null,
    -- As in `events`.
    what text not null,
    by text not null,
    at text not null,
    -- The case as it was then, as `domain::case::Case` writes it.
    state text not null,
    -- The access code, where the resident is to be told one; encrypted, and nowhere else but as a hash.
    access_code text
) strict;

-- A system of a landlord that is told. Its secrets are derived from the service's own, and are not here.
create table webhooks (
    id text not null primary key,
    landlord text not null,
    url text not null,
    -- Which of its secrets signs, counted from 1; and since when. For a day the one before signs, too.
    secret_version integer not null,
    rotated_at text,
    created_at text not null,
    -- When it was switched off, because it answered 410 Gone.
    disabled_at text,
    -- Since when, and how often, it has failed without one success; and when it is tried again.
    failing_since text,
    failures integer not null,
    next_at text,
    -- Which instance has it, and until when: its messages go one after another.
    claimed_by text,
    claimed_until text
) strict;

create index webhooks_of_a_landlord on webhooks (landlord);

-- One message to one receiver. It waits until `delivered_at` or `parked_at` is set; what it says is
-- removed then.
create table outbox (
    id integer primary key autoincrement,
    -- `webhook`, `resident`, `team`, `officer` or `alarm`.
    kind text not null,
    -- Messages of one lane go one after another, in the order of their ids: those to one webhook, and
    -- those about one case to one reader.
    lane text not null,
    -- By which the receiver knows the message again: `webhook-id`, or `Message-ID`.
    message_id text not null,
    reference text,
    event_id integer,
    -- For whom: which of the resident's readers, or an address of the landlord.
    reader text,
    -- What it says: the body of a webhook, or what a letter is made from.
    body text,
    -- An access code, or the token of an officer's link; encrypted, and only until it is delivered.
    code text,
    created_at text not null,
    -- After which it is worth nothing.
    expires_at text,
    failing_since text,
    failures integer not null,
    next_at text,
    claimed_until text,
    delivered_at text,
    -- When nobody tried any longer, and why.
    parked_at text,
    why text
) strict;

create index outbox_that_waits on outbox (lane, id) where delivered_at is null and parked_at is null;
-- Whether anything newer about a case waits is asked for each message that is delivered.
create index outbox_of_a_case_that_waits on outbox (reference, lane, id)
where delivered_at is null and parked_at is null;
create index outbox_letters_that_wait on outbox (id)
where delivered_at is null and parked_at is null and kind <> 'webhook';
create index outbox_by_age on outbox (delivered_at) where delivered_at is not null;
create index outbox_parked on outbox (parked_at) where parked_at is not null;

-- On which days the complaints team was told of cases that nobody has looked at.
create table alarms (
    landlord text not null,
    on_day text not null,
    primary key (landlord, on_day)
) strict;
