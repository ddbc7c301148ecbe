"""The steps that made the store what it is. Appended to, never edited: each release's files must open."""

STEPS: tuple[str, ...] = (
    """
    CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

    CREATE TABLE tokens (
        key TEXT PRIMARY KEY,
        access TEXT NOT NULL,
        access_expires_at INTEGER NOT NULL,
        refresh TEXT,
        refresh_expires_at INTEGER,
        scopes TEXT NOT NULL,
        seed TEXT NOT NULL
    ) STRICT;

    CREATE TABLE shops (
        shop TEXT PRIMARY KEY,
        watermark INTEGER,
        baseline_done INTEGER NOT NULL DEFAULT 0,
        last_good_poll INTEGER,
        last_error TEXT,
        last_error_at INTEGER
    ) STRICT;

    CREATE TABLE orders (
        shop TEXT NOT NULL,
        order_id TEXT NOT NULL,
        shopify_order_id TEXT NOT NULL,
        strategy TEXT NOT NULL,
        found_at INTEGER NOT NULL,
        PRIMARY KEY (shop, order_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE cases (
        shop TEXT NOT NULL,
        case_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        type TEXT NOT NULL,
        tiktok_status TEXT NOT NULL,
        order_id TEXT NOT NULL,
        refund_minor INTEGER,
        currency TEXT,
        state TEXT NOT NULL,
        reason TEXT,
        detail TEXT NOT NULL DEFAULT '',
        first_seen INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        snapshot_id INTEGER NOT NULL REFERENCES snapshots (id),
        paid_back_at INTEGER,
        paid_back_seen_at INTEGER,
        parcel_seen INTEGER NOT NULL DEFAULT 0,
        path TEXT,
        written_minor INTEGER,
        written_currency TEXT,
        written_units TEXT,
        restock TEXT NOT NULL DEFAULT 'none',
        waiting_since INTEGER,
        due_at INTEGER,
        tries INTEGER NOT NULL DEFAULT 0,
        shopify_order_id TEXT,
        shopify_order_name TEXT,
        refund_ids TEXT NOT NULL DEFAULT '[]',
        return_ids TEXT NOT NULL DEFAULT '[]',
        was_archived INTEGER NOT NULL DEFAULT 0,
        read_again_at INTEGER,
        PRIMARY KEY (shop, case_id),
        CHECK ((refund_minor IS NULL) = (currency IS NULL)),
        CHECK ((written_minor IS NULL) = (written_currency IS NULL))
    ) STRICT;
    CREATE INDEX cases_due ON cases (shop, due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX cases_read_again ON cases (shop, read_again_at) WHERE read_again_at IS NOT NULL;
    CREATE INDEX cases_newest ON cases (shop, first_seen DESC, case_id DESC);
    CREATE INDEX cases_state ON cases (shop, state);
    CREATE INDEX cases_order ON cases (order_id);

    CREATE TABLE snapshots (
        id INTEGER PRIMARY KEY,
        shop TEXT NOT NULL,
        case_id TEXT NOT NULL,
        seen_at INTEGER NOT NULL,
        digest TEXT NOT NULL,
        raw TEXT NOT NULL
    ) STRICT;
    CREATE INDEX snapshots_case ON snapshots (shop, case_id);

    CREATE TABLE intents (
        id INTEGER PRIMARY KEY,
        shop TEXT NOT NULL,
        case_id TEXT NOT NULL,
        action TEXT NOT NULL,
        generation INTEGER NOT NULL,
        key TEXT NOT NULL,
        operation TEXT NOT NULL,
        api_version TEXT NOT NULL,
        body BLOB NOT NULL,
        shopify_order_id TEXT NOT NULL,
        amount_minor INTEGER,
        currency TEXT,
        digest TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        looks INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        first_sent_at INTEGER,
        last_sent_at INTEGER,
        look_at INTEGER,
        request_ids TEXT NOT NULL DEFAULT '[]',
        answer TEXT NOT NULL DEFAULT '',
        key_spent INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX intents_sent ON intents (shop, first_sent_at) WHERE first_sent_at IS NOT NULL;
    CREATE INDEX intents_case ON intents (shop, case_id, action);
    CREATE UNIQUE INDEX intents_open ON intents (shop, case_id)
        WHERE state IN ('planned', 'sending', 'unknown');

    CREATE TABLE claims (
        shop TEXT NOT NULL,
        case_id TEXT NOT NULL,
        token TEXT NOT NULL,
        taken_at INTEGER NOT NULL,
        PRIMARY KEY (shop, case_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE requests (
        id INTEGER PRIMARY KEY,
        command TEXT NOT NULL,
        shop TEXT NOT NULL,
        case_id TEXT NOT NULL,
        who TEXT NOT NULL,
        at INTEGER NOT NULL,
        done_at INTEGER
    ) STRICT;
    CREATE INDEX requests_waiting ON requests (shop) WHERE done_at IS NULL;

    CREATE TABLE history (
        id INTEGER PRIMARY KEY,
        shop TEXT NOT NULL,
        case_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        event TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX history_case ON history (shop, case_id);
    """,
    """
    ALTER TABLE cases ADD COLUMN subjects TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE cases ADD COLUMN verify_at INTEGER;
    ALTER TABLE snapshots ADD COLUMN sum INTEGER;
    ALTER TABLE orders ADD COLUMN sum INTEGER;

    ALTER TABLE intents ADD COLUMN leaves TEXT NOT NULL DEFAULT '{}';

    CREATE TABLE rulings (
        id INTEGER PRIMARY KEY,
        shop TEXT NOT NULL,
        case_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        basis TEXT NOT NULL,
        who TEXT NOT NULL,
        at INTEGER NOT NULL,
        why TEXT NOT NULL,
        subjects TEXT NOT NULL,
        reason TEXT NOT NULL,
        recorded INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX rulings_case ON rulings (shop, case_id);

    CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), transactions INTEGER NOT NULL) STRICT;
    INSERT INTO counter VALUES (1, 0);

    CREATE TABLE spells (
        shop TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER,
        PRIMARY KEY (shop, since)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE requests ADD COLUMN words TEXT NOT NULL DEFAULT '';
    ALTER TABLE requests ADD COLUMN refused TEXT NOT NULL DEFAULT '';

    CREATE TRIGGER history_stays BEFORE UPDATE ON history
    BEGIN SELECT raise(ABORT, 'history is only added to'); END;
    """,
    """
    ALTER TABLE rulings ADD COLUMN units TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE cases ADD COLUMN waiting_units TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE cases ADD COLUMN restock_since INTEGER;
    ALTER TABLE requests ADD COLUMN carried_out_at INTEGER;
    ALTER TABLE cases ADD COLUMN tracked_return_id TEXT;
    CREATE TABLE windows (
        shop TEXT NOT NULL,
        kind TEXT NOT NULL,
        watermark INTEGER,
        baseline_done INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (shop, kind)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO windows SELECT shop, 'return', watermark, baseline_done FROM shops;
    ALTER TABLE shops DROP COLUMN watermark;
    ALTER TABLE shops DROP COLUMN baseline_done;

    ALTER TABLE spells RENAME TO spells_of_shops;
    CREATE TABLE spells (
        shop TEXT NOT NULL,
        kind TEXT NOT NULL DEFAULT '',
        since INTEGER NOT NULL,
        until INTEGER,
        PRIMARY KEY (shop, kind, since)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO spells SELECT shop, '', since, until FROM spells_of_shops;
    INSERT INTO spells SELECT shop, 'cancellation', 0, NULL FROM shops;
    DROP TABLE spells_of_shops;
    """,
    """
    ALTER TABLE shops ADD COLUMN last_error_since INTEGER;
    ALTER TABLE shops ADD COLUMN last_error_api TEXT NOT NULL DEFAULT '';
    ALTER TABLE shops ADD COLUMN last_error_hint TEXT NOT NULL DEFAULT '';
    ALTER TABLE shops ADD COLUMN last_error_stops INTEGER NOT NULL DEFAULT 0;
    """,
    """
    CREATE TABLE retention (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        before INTEGER NOT NULL,
        done_at INTEGER,
        whole_until INTEGER NOT NULL
    ) STRICT;
    INSERT INTO retention SELECT 1, 0, NULL, coalesce(max(id), 0) FROM snapshots;
    CREATE TRIGGER history_goes_by_age BEFORE DELETE ON history
    WHEN OLD.at >= coalesce((SELECT before FROM retention), 0)
    BEGIN SELECT raise(ABORT, 'history is only pruned by its age'); END;

    CREATE INDEX cases_snapshot ON cases (snapshot_id);
    DROP INDEX cases_newest;
    CREATE INDEX cases_newest ON cases (shop, kind, first_seen DESC, case_id DESC);
    DROP INDEX cases_state;
    CREATE INDEX cases_state ON cases (shop, state, reason);
    CREATE INDEX cases_restock ON cases (shop, restock, restock_since);
    CREATE INDEX cases_currency ON cases (shop, currency);
    """,
    """
    ALTER TABLE requests ADD COLUMN why TEXT NOT NULL DEFAULT '';
    """,
    """
    CREATE INDEX cases_updated ON cases (shop, updated DESC, case_id);
    CREATE INDEX cases_paid_back ON cases (shop, paid_back_at) WHERE paid_back_at IS NOT NULL;
    CREATE INDEX history_held ON history (shop, at)
        WHERE event = 'decided' AND detail ->> '$.state' = 'held';
    """,
    """
    CREATE INDEX cases_id ON cases (case_id);
    CREATE INDEX cases_shopify_order ON cases (shopify_order_id) WHERE shopify_order_id IS NOT NULL;
    CREATE INDEX cases_shopify_name ON cases (shopify_order_name) WHERE shopify_order_name IS NOT NULL;
    """,
)
