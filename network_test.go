package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestNothingEscapesTheProxy: whoever speaks http in the program takes a transport of internal/network, which decides
// proxies, by way of signer, which adds whose certificates are trusted. A client that makes its own would work everywhere
// but in a company.
func TestNothingEscapesTheProxy(t *testing.T) {
	outside := []string{"bench", "build", "e2e", "packaging", "dist", "internal/network", "internal/testaws", "internal/testproxy", "internal/teststore", "internal/testupdates"}
	read := 0
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (slices.Contains(outside, filepath.ToSlash(path)) || path != "." && strings.HasPrefix(e.Name(), ".")) {
			return fs.SkipDir
		}
		if e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		read++
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		for _, fault := range escapes(file, filepath.ToSlash(path)) {
			t.Errorf("%s: %s", fset.Position(fault.at), fault.what)
		}
		return nil
	})
	if err != nil || read < 100 {
		t.Fatalf("%d files, %v", read, err)
	}
}

// TestEscapesAreNoticed: the test above would find these.
func TestEscapesAreNoticed(t *testing.T) {
	const head = "package x\nimport (\n\"net/http\"\nawshttp \"github.com/aws/aws-sdk-go-v2/aws/transport/http\"\n\"github.com/aws/aws-sdk-go-v2/service/s3\"\n" +
		"\"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds\"\n)\n"
	for _, body := range []string{
		"var _, _ = http.Get(\"x\")", "var _ = http.DefaultClient", "var _ = http.DefaultTransport", "var _ = &http.Client{}", "var _ http.Client", "var _ = new(http.Client)",
		"var _ = &http.Transport{}", "var _ = new(http.Transport)", "var _ = awshttp.NewBuildableClient()", "var _ = s3.New(s3.Options{Region: \"x\"})", "var _ = endpointcreds.New(\"x\")",
		"var _ = http.ProxyFromEnvironment",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", head+body, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(escapes(file, "x.go")) == 0 {
			t.Errorf("%s is let through", body)
		}
	}
}

type escape struct {
	at   token.Pos
	what string
}

// escapes finds what speaks http, or would, without a transport that was given to it.
func escapes(file *ast.File, path string) (found []escape) {
	names := map[string]string{} // of packages in this file
	for _, i := range file.Imports {
		full, _ := strconv.Unquote(i.Path.Value)
		name := full[strings.LastIndexByte(full, '/')+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		names[name] = full
	}
	of := func(n ast.Node) (pkg, name string) {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				return names[x.Name], s.Sel.Name
			}
		}
		return "", ""
	}
	const sdk = "github.com/aws/aws-sdk-go-v2/"
	given := map[ast.Node]bool{} // composites that are as they should be
	ast.Inspect(file, func(n ast.Node) bool {
		say := func(what string) { found = append(found, escape{n.Pos(), what}) }
		switch n := n.(type) {
		case *ast.StarExpr: // a pointer to one was made elsewhere
			given[n.X] = true
		case *ast.CompositeLit:
			pkg, name := of(n.Type)
			switch {
			case pkg == "net/http" && name == "Client" && has(n, "Transport"),
				strings.HasPrefix(pkg, sdk+"service/") && name == "Options" && has(n, "HTTPClient"):
				given[n.Type] = true
			case strings.HasPrefix(pkg, sdk+"service/") && name == "Options":
				say("a client of the SDK's without HTTPClient")
			}
		case *ast.CallExpr:
			if pkg, name := of(n.Fun); pkg == sdk+"credentials/endpointcreds" && name == "New" && path != "signer/container.go" {
				say("endpointcreds goes through proxies: signer/container.go does not")
			}
		case *ast.SelectorExpr:
			pkg, name := of(n)
			switch {
			case pkg == "net/http" && slices.Contains([]string{"Get", "Post", "PostForm", "Head", "DefaultClient", "DefaultTransport", "ProxyFromEnvironment"}, name):
				say("http." + name + " does not know the system's proxies, nor AWS_CA_BUNDLE")
			case pkg == "net/http" && slices.Contains([]string{"Client", "Transport"}, name) && !given[n]:
				say("an http." + name + " of its own: take signer's transport")
			case pkg == sdk+"aws/transport/http" && name == "NewBuildableClient" && path != "signer/transport.go":
				say("a client of its own: take that of signer/transport.go")
			}
		}
		return true
	})
	return found
}

// has reports whether a composite names a field.
func has(n *ast.CompositeLit, field string) bool {
	return slices.ContainsFunc(n.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		key, ok := kv.Key.(*ast.Ident)
		return ok && key.Name == field
	})
}
