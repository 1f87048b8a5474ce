// Command bench measures Waybill against other programs, by hand and never in a timed test.
//
//	go run ./bench           what "waybill send" costs, beside s5cmd, rclone, mc, aws and the floor
//	go run ./bench window    from start to a painted window, idle CPU, and the size of the program
//
// Both take -h. Programs are looked for in build/peers, build/tools and on the PATH; "make bench-peers" builds
// those that can be built. Everything runs on this machine, over the loopback interface, in a temporary folder
// that is removed at the end. Runs that other processes have disturbed are made again, but a quiet machine is
// better than many tries.
package main
