package ledger

import (
	"context"
	"database/sql"
	"slices"
)

// Examination is what there is to say of a file, without any of its contents.
type Examination struct {
	Version  int            // of the schema
	Damage   []string       // what SQLite's quick check has found, at most a few lines
	Records  map[string]int // by state
	Plans    int
	Uploads  int
	Requests int
	Arrivals int
}

// Examine looks whether the file is sound, and counts what is in it.
func (l *Ledger) Examine(ctx context.Context) (e Examination, err error) {
	if err := l.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&e.Version); err != nil {
		return e, l.explain("examine", err)
	}
	e.Damage, err = query(ctx, l, "PRAGMA quick_check(5)", func(rows *sql.Rows) (line string, err error) {
		err = rows.Scan(&line)
		return line, err
	})
	if err != nil {
		return e, err
	}
	e.Damage = slices.DeleteFunc(e.Damage, func(line string) bool { return line == "ok" })
	e.Records = map[string]int{}
	type count struct {
		state string
		n     int
	}
	counts, err := query(ctx, l, "SELECT state, count(*) FROM record GROUP BY state", func(rows *sql.Rows) (c count, err error) {
		err = rows.Scan(&c.state, &c.n)
		return c, err
	})
	if err != nil {
		return e, err
	}
	for _, c := range counts {
		e.Records[c.state] = c.n
	}
	err = l.db.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM plan), (SELECT count(*) FROM upload), (SELECT count(*) FROM request), (SELECT count(*) FROM arrival)").
		Scan(&e.Plans, &e.Uploads, &e.Requests, &e.Arrivals)
	if err != nil {
		return e, l.explain("examine", err)
	}
	return e, nil
}
