package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// group is a part of a table below one comment.
type group struct {
	title string // the comment's first sentence, without its end
	lines []line
}

// line is one entry: its key, and the texts that it leads to.
type line struct {
	key   string
	texts []string
}

// readTable reads the map that a function of a Go file returns, in the order and the groups in which it is written. The
// map itself has neither.
func readTable(path, function string) ([]group, error) {
	files := token.NewFileSet()
	source, err := parser.ParseFile(files, path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var table *ast.CompositeLit
	ast.Inspect(source, func(n ast.Node) bool {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Name.Name != function {
			return !ok
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if literal, ok := n.(*ast.CompositeLit); ok && table == nil {
				table = literal
			}
			return table == nil
		})
		return false
	})
	if table == nil {
		return nil, fmt.Errorf("%s has no function %s that returns a table", path, function)
	}
	var groups []group
	comments := source.Comments
	for _, element := range table.Elts {
		for len(comments) > 0 && comments[0].Pos() < element.Pos() {
			if comments[0].Pos() > table.Pos() && files.Position(comments[0].Pos()).Column == files.Position(element.Pos()).Column {
				title, _, _ := strings.Cut(strings.Join(strings.Fields(comments[0].Text()), " "), ". ")
				groups = append(groups, group{title: strings.TrimSuffix(title, ".")})
			}
			comments = comments[1:]
		}
		l, err := readLine(element)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", files.Position(element.Pos()), err)
		}
		if len(groups) == 0 {
			return nil, fmt.Errorf("%s: an entry stands before the first comment", files.Position(element.Pos()))
		}
		last := &groups[len(groups)-1]
		last.lines = append(last.lines, l)
	}
	return groups, nil
}

// readLine reads "key": "text", or "key": {"text", "text"}.
func readLine(element ast.Expr) (l line, err error) {
	pair, ok := element.(*ast.KeyValueExpr)
	if !ok {
		return l, fmt.Errorf("%T is no entry of a table", element)
	}
	if l.key, err = unquote(pair.Key); err != nil {
		return l, err
	}
	values := []ast.Expr{pair.Value}
	if literal, ok := pair.Value.(*ast.CompositeLit); ok {
		values = literal.Elts
	}
	for _, value := range values {
		text, err := unquote(value)
		if err != nil {
			return l, fmt.Errorf("%s: %w", l.key, err)
		}
		l.texts = append(l.texts, text)
	}
	return l, nil
}

func unquote(e ast.Expr) (string, error) {
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return "", fmt.Errorf("%T is no text", e)
	}
	return strconv.Unquote(literal.Value)
}
