create function events_are_kept() returns trigger language plpgsql as $$
begin
    raise exception 'what has happened is kept';
end;
$$;

create trigger events_are_not_changed
before update or delete on events
for each row execute function events_are_kept();
