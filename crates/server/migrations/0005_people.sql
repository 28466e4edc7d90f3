-- Who may see cases at the landlord: programs, by keys; and complaints officers, by links that are
-- sent to them, and sessions.

-- A landlord's key. The key itself is shown once, when it is made; here is only its SHA-256.
create table api_keys (
    -- The part of the key that may be said aloud: by it a key is named and revoked.
    id text not null primary key,
    name text not null,

    -- The landlord's id, or null for all landlords of this service.
    landlord text,
    -- What it may do, in words with a blank between: `cases:read cases:write`.
    scopes text not null,
    key_hash blob not null,

    created_at text not null,
    -- The day, not the moment: enough to see which keys nobody needs any more.
    last_used_on text,
    revoked_at text
) strict;

-- Complaints officers. Who is removed here can't come in again, whatever link or session they have.
create table officers (
    id integer primary key autoincrement,
    -- In small letters, so that there is one of each.
    email text not null unique,
    name text not null,
    landlord text,
    created_at text not null
) strict;

-- One-time links, each for fifteen minutes. Only the SHA-256 of the secret part is here.
create table officer_links (
    token_hash blob not null primary key,
    officer integer not null references officers (id) on delete cascade,
    created_at text not null,
    expires_at text not null
) strict;

create index officer_links_of_an_officer on officer_links (officer);

-- Who is signed in: an officer, or whoever typed a key that has the scope `officers`.
create table officer_sessions (
    token_hash blob not null primary key,
    officer integer references officers (id) on delete cascade,
    api_key text references api_keys (id),
    created_at text not null,
    expires_at text not null,
    check ((officer is null) <> (api_key is null))
) strict;

create index officer_sessions_by_end on officer_sessions (expires_at);

-- The officers' list: what is open, by its date, or without one by when it came.
create index cases_owed on cases (due_on, reference) where due_on is not null;
create index cases_undated on cases (received_at, reference)
where due_on is null and status in ('received', 'acknowledged');
