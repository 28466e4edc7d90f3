create function tombstones_are_kept() returns trigger language plpgsql as $$
begin
    raise exception 'what was removed is not forgotten';
end;
$$;

create trigger tombstones_are_not_changed
before update of
    reference, landlord, kind, stage, status, received_on, updated_at, events, files, bytes,
    purged_at, purged_by
on tombstones
for each row execute function tombstones_are_kept();

create trigger tombstones_are_not_deleted
before delete on tombstones
for each row execute function tombstones_are_kept();

create function is_kept() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from tombstones where reference = old.reference) then
        raise exception 'what has happened is kept';
    end if;
    return old;
end;
$$;

drop trigger submissions_are_not_deleted on submissions;
create trigger submissions_are_not_deleted
before delete on submissions
for each row execute function is_kept();

drop trigger events_are_not_changed on events;
create trigger events_are_not_changed
before update on events
for each row execute function events_are_kept();
create trigger events_are_not_deleted
before delete on events
for each row execute function is_kept();

drop trigger uploads_of_a_case_are_kept on uploads;
create trigger uploads_of_a_case_are_kept
before delete on uploads
for each row when (old.reference is not null)
execute function is_kept();

create function reference_is_given_once() returns trigger language plpgsql as $$
begin
    if exists (select 1 from tombstones where reference = new.reference) then
        return null;
    end if;
    return new;
end;
$$;

create trigger references_are_given_once
before insert on submissions
for each row execute function reference_is_given_once();
