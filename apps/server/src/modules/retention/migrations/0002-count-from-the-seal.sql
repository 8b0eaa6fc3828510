-- Terms count from the end of a recording or from its seal, whichever is later: no device's clock shortens one.
update retained set
  leaves_at = leaves_at + 86400000 * ceil((sealed_at - captured_at) / 86400000.0)::bigint
where destroyed_at is null and sealed_at - captured_at >= 86400000;
