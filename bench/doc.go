// Command bench measures Waybill against other programs, by hand and never in a timed test.
//
//	go run ./bench           what "waybill send" costs, beside s5cmd, rclone, mc, aws and the floor
//	go run ./bench paths     the same over slow paths, and over one on which connections are reset
//	go run ./bench growth    how the cost grows with size and number; draws docs/growth.svg
//	go run ./bench window    from start to a painted window, idle CPU, and the size of the program
//	go run ./bench busy      how the window answers and scrolls with ten thousand rows in progress
//	go run ./bench size      what the program weighs, by module; writes docs/size.md
//
// All take -h. Programs are looked for in build/peers, build/tools, /usr/bin and on the PATH; "make bench-peers" builds
// those that can be built. Everything runs on this machine, over the loopback interface. What is sent is made once
// and kept in build/_bench (which the go tool passes over); all else lies in a temporary folder (of TMPDIR) that is removed at the end. Waybill runs
// as a person runs it: proof on, ledger on, links tried. Runs that other processes have disturbed are made again,
// but a quiet machine is better than many tries.
package main
