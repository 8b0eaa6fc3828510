-- Words to find a recording by: its codes, the officer's name, the note. Lower case, accents away, everything else but
-- letters and digits a space (the parser would read "BC-017" as a word and a negative number). An index over the words,
-- and no column: rows of recordings are read at every upload.
create function search_words(code text, device_code text, officer_code text, officer_name text, note text)
  returns tsvector language sql immutable parallel safe
  return to_tsvector(
    'simple'::regconfig,
    regexp_replace(
      translate(
        lower(
          code || ' ' || device_code || ' ' || coalesce(officer_code, '') || ' ' || coalesce(officer_name, '') || ' '
            || coalesce(note, '')
        ),
        'áàâäéèêëíìîïóòôöúùûüñ',
        'aaaaeeeeiiiioooouuuun'
      ),
      '[^[:alnum:]]+', ' ', 'g'
    )
  );

-- No pending list: what was just received is searched at once, and a search never pays for a thousand writes.
create index recording_by_words on recording
  using gin (search_words(code, device_code, officer_code, officer_name, note)) with (fastupdate = off);
create index recording_by_category on recording (municipality, category, started_at desc);
