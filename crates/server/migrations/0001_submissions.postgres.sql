create function submissions_are_kept() returns trigger language plpgsql as $$
begin
    raise exception 'a submission is kept as it was received';
end;
$$;

create trigger submissions_are_not_changed
before update of
    reference, kind, received_at, received_on, idempotency_key_hash, body_hash, body
on submissions
for each row execute function submissions_are_kept();

create trigger submissions_are_not_deleted
before delete on submissions
for each row execute function submissions_are_kept();
