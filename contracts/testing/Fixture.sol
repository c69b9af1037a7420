// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CourtFixture} from "./CourtFixture.sol";
import {LeakCourt} from "../src/LeakCourt.sol";
import {Names} from "../src/Names.sol";
import {DevArbitrator} from "../src/arbitration/DevArbitrator.sol";

/// @notice The whole of OML, bound as a deployment binds it. The fixtures below it deploy a part each.
abstract contract Fixture is CourtFixture {
    uint256 internal constant APPEAL_FEE = 1e15;
    address internal constant JUDGE = address(0x10D6E);

    Names internal names;
    DevArbitrator internal arbitrator;
    LeakCourt internal leakCourt;

    function deployAll() internal {
        deployCourt();
        openDoors();
        names = new Names(parameters, models);
        arbitrator = new DevArbitrator(JUDGE, APPEAL_FEE);
        leakCourt = new LeakCourt(parameters, models, licenses, verifiers, names, arbitrator, "");
        names.bindCourt(address(leakCourt));
        licenses.bindLeakCourt(address(leakCourt));
    }
}
